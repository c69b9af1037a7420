import type { Classification, ClassifyOptions } from '@oml/onnx/classifier';
import type { CompletionEvent, CompletionRequest } from '@oml/onnx/language-model';
import { isOmlError, OmlError, type OmlErrorCode } from '@oml/protocol/error';

// What a gateway and the process of a model say to each other.

/** A call, or the end of one that nobody waits for any more. */
export type ToProcess =
  | { call: number; complete: Omit<CompletionRequest, 'signal'> }
  | { call: number; classify: { shape: readonly number[]; data: Float32Array }; options?: ClassifyOptions | undefined }
  | { call: number; cancel: true };

export type FromProcess =
  /** `uncached`: why every text is read whole for every token. */
  | { ready: { uncached: string | undefined } }
  | { failed: SentError }
  /** Everything that one step of the engine gave. */
  | { said: Said[] };

export interface Said {
  call: number;
  event?: CompletionEvent;
  classification?: Classification;
  error?: SentError;
}

/** An error's class does not cross from process to process. */
export interface SentError {
  code: OmlErrorCode;
  message: string;
  retryable: boolean;
  details: Record<string, unknown>;
}

export function sendError(error: unknown): SentError {
  const { code, message, retryable, details } = isOmlError(error)
    ? error
    : new OmlError('INTERNAL', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  return { code, message, retryable, details };
}

export const receiveError = ({ code, message, ...options }: SentError): OmlError =>
  new OmlError(code, message, options);
