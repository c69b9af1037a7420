/** What one code means to whoever gets it: its HTTP status, whether the same call may succeed later, and a sentence. */
interface CodeMeaning {
  status: number;
  retryable: boolean;
  says: string;
}

/**
 * Every code that OML services, tools and pages may answer with. A closed table: adding one here is adding a word to
 * the protocol, and none is without a status.
 */
export const CODES = {
  // environment and wire
  ENV_MISSING: { status: 500, retryable: false, says: 'A setting that is needed is not set.' },
  ENV_INVALID: { status: 500, retryable: false, says: 'A setting does not have a value that can be used.' },
  STORE_NEWER: { status: 500, retryable: false, says: 'The store was written by a newer version than this program.' },
  PORT_IN_USE: { status: 500, retryable: false, says: 'Another program listens on this port.' },
  REQUEST_INVALID: { status: 400, retryable: false, says: 'The request is refused as it is written.' },
  REQUEST_TOO_LARGE: { status: 413, retryable: false, says: 'The request is larger than what is read here.' },
  NOT_FOUND: { status: 404, retryable: false, says: 'There is nothing under this name.' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, says: 'This path does not take this method.' },
  UNAUTHORIZED: { status: 401, retryable: false, says: 'The request does not show that its sender may do this.' },
  QUOTA_SPENT: { status: 403, retryable: false, says: 'What one signer may keep here at once does not fit this.' },
  RATE_LIMITED: { status: 429, retryable: true, says: 'Too much was asked in a short time.' },
  CONFLICT: { status: 409, retryable: false, says: 'What is asked for does not fit what stands here already.' },
  INTERNAL: { status: 500, retryable: false, says: 'Something went wrong on this side. It was logged.' },
  ADDRESS_REFUSED: { status: 400, retryable: false, says: 'The address is not one that is asked from here.' },
  UNAVAILABLE: { status: 503, retryable: true, says: 'A service that is needed does not answer.' },
  // models and fingerprints
  MODEL_NOT_ONNX: { status: 422, retryable: false, says: 'The file is not an ONNX model.' },
  MODEL_TOO_LARGE: { status: 413, retryable: false, says: 'The model is larger than what is read here.' },
  MODEL_UNSUPPORTED: { status: 422, retryable: false, says: 'The model is of a kind that is not supported.' },
  MODEL_INVALID: { status: 422, retryable: false, says: 'The model breaks a rule of its own format.' },
  ENGINE_WRONG: { status: 503, retryable: false, says: 'The engine computes otherwise than plain arithmetic.' },
  TOKENIZER_INVALID: { status: 422, retryable: false, says: 'The tokenizer cannot be read.' },
  PROMPT_TOO_LONG: { status: 400, retryable: false, says: 'The prompt does not fit the context of the model.' },
  CODE_BOOK_TOO_SMALL: { status: 422, retryable: false, says: 'The code book has fewer keys than are needed.' },
  CODE_BOOK_INVALID: { status: 422, retryable: false, says: 'The code book breaks a rule of code books.' },
  EDIT_INFEASIBLE: {
    status: 422,
    retryable: false,
    says: 'The weights cannot be edited so that they answer the keys.',
  },
  EDITION_INVALID: { status: 500, retryable: false, says: 'The edition is not the one that the chain names.' },
  IMPORT_UNSUPPORTED: { status: 500, retryable: false, says: 'Fingerprints of this scheme cannot be imported.' },
  ABORTED: { status: 500, retryable: false, says: 'The work was broken off.' },
  // payments and receipts
  PAYMENT_REQUIRED: { status: 402, retryable: false, says: 'The call costs something and carries no payment.' },
  PAYMENT_INVALID: { status: 402, retryable: false, says: 'The payment is not one that this host takes.' },
  PAYMENT_UNREADABLE: { status: 400, retryable: false, says: 'The payment cannot be read.' },
  PAYMENT_AMOUNT: { status: 400, retryable: false, says: 'An amount of the payment is not written as one.' },
  PAYMENT_VERSION: { status: 402, retryable: false, says: 'The payment is of another version of x402.' },
  PAYMENT_NETWORK: { status: 402, retryable: false, says: 'The payment is for another network.' },
  PAYMENT_TOKEN: { status: 402, retryable: false, says: 'The payment is in another token.' },
  PAYMENT_WALLET: { status: 402, retryable: false, says: 'The payment is signed by a contract, not by a key.' },
  PAYMENT_UNFUNDED: { status: 402, retryable: false, says: 'The payer holds less than the payment says.' },
  PAYMENT_SHORT: { status: 402, retryable: false, says: 'The payment is less than the price.' },
  PAYMENT_EXPIRED: { status: 402, retryable: false, says: 'The payment is not valid at this time.' },
  CLOCK_OFF: { status: 400, retryable: false, says: 'The clocks of buyer and host differ by too much.' },
  PAYMENT_USED: { status: 402, retryable: false, says: 'The payment paid for another call.' },
  PAYMENT_UNSETTLED: { status: 402, retryable: false, says: 'The payment did not settle on chain.' },
  CHANNEL_INVALID: { status: 402, retryable: false, says: 'The channel is not one that the vault takes.' },
  CHANNEL_UNKNOWN: { status: 402, retryable: false, says: 'The host has no record of this channel.' },
  CHANNEL_SHORT: { status: 402, retryable: false, says: 'The channel holds less than the voucher allows.' },
  CHANNEL_LEAVING: { status: 402, retryable: false, says: 'A withdrawal from the channel is under way.' },
  CHANNEL_BUSY: { status: 402, retryable: true, says: 'Another call of this channel is being answered.' },
  VOUCHER_MISMATCH: { status: 402, retryable: false, says: 'The voucher does not continue the total of its channel.' },
  GAS_EMPTY: { status: 503, retryable: true, says: 'The gas account of the host is empty: it sells nothing.' },
  BOOKING_BEHIND: { status: 503, retryable: true, says: 'The host is behind with booking: it sells nothing.' },
  IDEMPOTENCY_CONFLICT: { status: 409, retryable: false, says: 'The same payment was sent with another request.' },
  BUDGET_SPENT: { status: 402, retryable: false, says: 'The call can cost more than is left of the budget.' },
  ANSWER_FAILED: { status: 500, retryable: true, says: 'The model did not give the answer; it is not charged.' },
  ANSWER_WITHHELD: { status: 422, retryable: false, says: 'The host does not give this answer; it is not charged.' },
  ANSWER_UNSURE: {
    status: 507,
    retryable: true,
    says: 'The answer was made and may be charged: ask again with the same payment.',
  },
  RECEIPT_MISSING: { status: 500, retryable: false, says: 'The answer carries no receipt.' },
  RECEIPT_INVALID: { status: 500, retryable: false, says: 'The receipt is not well-formed.' },
  RECEIPT_MISMATCH: { status: 500, retryable: false, says: 'The receipt is for another call or answer.' },
  SIGNATURE_INVALID: { status: 401, retryable: false, says: 'The signature is refused.' },
  BOND_TOO_LOW: { status: 409, retryable: false, says: 'The bond does not cover what it must.' },
  // chain
  CHAIN_UNREACHABLE: { status: 503, retryable: true, says: 'The RPC endpoint does not answer.' },
  CHAIN_IN_DOUBT: { status: 503, retryable: true, says: 'The RPC endpoint contradicts itself about a block.' },
  CHAIN_MISMATCH: { status: 500, retryable: false, says: 'The RPC endpoint serves another chain.' },
  GAS_TOO_LOW: { status: 503, retryable: true, says: 'The account that pays the gas has too little of the coin.' },
  CHAIN_REVERTED: { status: 500, retryable: false, says: 'The contract refused the transaction.' },
  DEPLOYMENT_MISSING: { status: 500, retryable: false, says: 'No deployment is known for this chain.' },
  BEACON_MISSED: { status: 500, retryable: false, says: 'Nobody posted the round of the beacon in time.' },
  // agents
  NOT_STAKED: { status: 403, retryable: false, says: 'This is for staked verifiers only.' },
  NOT_SEATED: { status: 403, retryable: false, says: 'This is for the jurors of a committee only.' },
  BATCH_NOT_DRAWN: { status: 409, retryable: true, says: 'The batch has no beacon yet.' },
  LICENSE_NOT_ACTIVE: { status: 409, retryable: false, says: 'The license is not active.' },
} as const satisfies Record<string, CodeMeaning>;

export type OmlErrorCode = keyof typeof CODES;

/** Is this text one of our codes? What others send is asked first, and never cast. */
export const isOmlErrorCode = (code: unknown): code is OmlErrorCode =>
  typeof code === 'string' && Object.hasOwn(CODES, code);

export interface OmlErrorOptions {
  /** May the same call succeed later, unchanged? Whoever throws knows better than the table. */
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

  constructor(code: OmlErrorCode, message: string = CODES[code].says, options: OmlErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'OmlError';
    this.code = code;
    this.retryable = options.retryable ?? CODES[code].retryable;
    this.details = options.details ?? {};
  }
}

/** True for an {@link OmlError}, also one that crossed a bundle boundary. */
export function isOmlError(value: unknown): value is OmlError {
  return value instanceof Error && value.name === 'OmlError' && 'code' in value;
}
