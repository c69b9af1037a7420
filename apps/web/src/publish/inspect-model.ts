import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { InspectAnswer } from './inspect.worker.ts';

export type Inspected = Exclude<InspectAnswer, { error: unknown }>;

/** Inspects a model file in a worker of this browser; the file goes nowhere. Throws MODEL_NOT_ONNX, MODEL_UNSUPPORTED, MODEL_INVALID, MODEL_TOO_LARGE. */
export async function inspectInBrowser(file: File): Promise<Inspected> {
  const worker = new Worker(new URL('./inspect.worker.ts', import.meta.url), { type: 'module' });
  try {
    const answer = await new Promise<InspectAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<InspectAnswer>) => resolve(data);
      worker.onerror = () => reject(new OmlError('MODEL_INVALID', 'The file could not be inspected in this browser.'));
      worker.postMessage(file);
    });
    if ('error' in answer) throw new OmlError(answer.error.code as OmlErrorCode, answer.error.message);
    return answer;
  } finally {
    worker.terminate();
  }
}
