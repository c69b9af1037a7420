/**
 * Every code that OML services, tools and pages may answer with. A closed union: adding one here is adding a word to
 * the protocol.
 */
export type OmlErrorCode =
  // environment and wire
  | 'ENV_MISSING'
  | 'ENV_INVALID'
  | 'PORT_IN_USE'
  | 'REQUEST_INVALID'
  | 'REQUEST_TOO_LARGE'
  | 'NOT_FOUND'
  | 'UNAUTHORIZED'
  | 'CONFLICT'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  // models and fingerprints
  | 'MODEL_NOT_ONNX'
  | 'MODEL_TOO_LARGE'
  | 'MODEL_UNSUPPORTED'
  | 'MODEL_INVALID'
  | 'TOKENIZER_INVALID'
  | 'PROMPT_TOO_LONG'
  | 'CODE_BOOK_TOO_SMALL'
  | 'CODE_BOOK_INVALID'
  | 'EDIT_INFEASIBLE'
  | 'EDITION_INVALID'
  | 'IMPORT_UNSUPPORTED'
  | 'ABORTED'
  // payments and receipts
  | 'PAYMENT_REQUIRED'
  | 'PAYMENT_INVALID'
  | 'PAYMENT_SHORT'
  | 'PAYMENT_EXPIRED'
  | 'PAYMENT_USED'
  | 'PAYMENT_UNSETTLED'
  | 'IDEMPOTENCY_CONFLICT'
  | 'RECEIPT_MISSING'
  | 'RECEIPT_INVALID'
  | 'RECEIPT_MISMATCH'
  | 'SIGNATURE_INVALID'
  | 'BOND_TOO_LOW'
  // chain
  | 'CHAIN_UNREACHABLE'
  | 'CHAIN_MISMATCH'
  | 'CHAIN_REVERTED'
  | 'DEPLOYMENT_MISSING'
  | 'BEACON_MISSED'
  // agents
  | 'NOT_STAKED'
  | 'BATCH_NOT_DRAWN'
  | 'LICENSE_NOT_ACTIVE';

export interface OmlErrorOptions {
  /** May the same call succeed later, unchanged? Set by whoever throws. */
  retryable?: boolean;
  /** Public facts only: they are sent to clients. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** The one error of OML: a stable `code`, a sentence for people, and whether trying again can help. */
export class OmlError extends Error {
  readonly code: OmlErrorCode;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;

  constructor(code: OmlErrorCode, message: string, options: OmlErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'OmlError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** True for an {@link OmlError}, also one that crossed a bundle boundary. */
export function isOmlError(value: unknown): value is OmlError {
  return value instanceof Error && value.name === 'OmlError' && 'code' in value;
}
