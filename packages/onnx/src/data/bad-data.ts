import { OmlError } from '@oml/protocol/error';

/** Data that cannot be used as they are; the message says what to bring instead. */
export const badData = (message: string, details?: Record<string, unknown>): OmlError =>
  new OmlError('REQUEST_INVALID', message, details ? { details } : {});

/** A `preprocessing.json` or a configuration of Hugging Face's that cannot be followed. */
export const badPreprocessing = (reason: string): OmlError =>
  badData(`The preprocessing beside the model cannot be used: ${reason}.`, { reason });
