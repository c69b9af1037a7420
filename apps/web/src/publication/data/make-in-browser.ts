import { OmlError } from '@oml/protocol/error';
import type { DataAnswer, DataMade, DataRequest } from './data.worker.ts';

/** Makes data in a worker of this browser; nothing of them is sent. Throws REQUEST_INVALID, ABORTED. */
export async function makeInBrowser(
  request: DataRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (share: number, file: string) => void },
): Promise<DataMade> {
  const worker = new Worker(new URL('./data.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<DataMade>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<DataAnswer>) => {
        if ('progress' in data) onProgress(data.progress.files / request.files.length, data.progress.file);
        else if ('error' in data) reject(new OmlError(data.error.code, data.error.message));
        else resolve(data.made);
      };
      worker.onerror = ({ message }) =>
        reject(
          new OmlError('INTERNAL', `This browser could not read the data: ${message || 'its worker did not start'}.`),
        );
      const abort = () => reject(new OmlError('ABORTED', 'The work was cancelled.'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}
