import type { Examination } from '@oml/onnx/inspect/examine';
import { unsupported, type Inspection } from '@oml/onnx/inspection';
import { isOmlErrorCode, OmlError } from '@oml/protocol/error';
import type { InspectAnswer, InspectProgress, InspectRequest } from './inspect.worker.ts';

export interface Examined {
  examination: Examination;
  ms: number;
  /** The model as one file, where that was asked for. */
  whole?: Uint8Array<ArrayBuffer>;
}

export interface Inspected {
  inspection: Inspection;
  digest: Examination['digest'];
  fileDigest: Examination['fileDigest'];
  ms: number;
  /** What is published: one file, with the weights that lay beside the model in it. */
  file: File;
}

export interface ExamineInBrowserOptions {
  /** Ends the worker at once. */
  signal?: AbortSignal;
  onProgress?: (progress: InspectProgress) => void;
}

/**
 * Inspects a model file, and the files that its weights may lie in, in a worker of this browser; they go nowhere.
 * Throws MODEL_NOT_ONNX, MODEL_UNSUPPORTED, MODEL_INVALID, MODEL_TOO_LARGE.
 */
export async function inspectInBrowser(model: File, beside: readonly File[]): Promise<Inspected> {
  const { examination, ms, whole } = await examineInBrowser({
    model,
    external: beside,
    join: beside.length > 0,
    wasmPaths: `${location.origin}/ort/`,
  });
  const { inspection, digest, fileDigest, finding, reason } = examination;
  if (!inspection || finding === 'refused' || finding === 'readOnly')
    throw unsupported(reason ?? 'no reason was given');
  return { inspection, digest, fileDigest, ms, file: whole ? new File([whole], model.name) : model };
}

/**
 * Examines a model and the files beside it in a worker. Throws as {@link inspectInBrowser}, and ABORTED; a model that
 * cannot be marked is a finding.
 */
export async function examineInBrowser(
  request: InspectRequest,
  { signal, onProgress }: ExamineInBrowserOptions = {},
): Promise<Examined> {
  const worker = new Worker(new URL('./inspect.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<Examined>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<InspectAnswer>) => {
        if ('progress' in data) onProgress?.(data.progress);
        else if ('error' in data) reject(errorOf(data.error));
        else resolve(data);
      };
      worker.onerror = () => reject(new OmlError('MODEL_INVALID', 'The file could not be inspected in this browser.'));
      const abort = () => reject(new OmlError('ABORTED', 'The inspection was cancelled.'));
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}

/** What the worker threw. */
const errorOf = ({ code, message }: { code: string; message: string }): OmlError =>
  new OmlError(isOmlErrorCode(code) ? code : 'INTERNAL', message);
