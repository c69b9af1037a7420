/**
 * x402's own reasons that this gateway reads or repeats. No entry point of its packages exports them; a test finds each
 * in what is installed.
 */
export const X402_REASONS = {
  pending: 'settlement_pending',
  notSent: 'invalid_exact_evm_transaction_failed',
  signature: 'invalid_exact_evm_signature',
  nonceUsed: 'invalid_exact_evm_nonce_already_used',
} as const;

/** Reasons that the x402 headers of this gateway give beside those. */
export const OWN_REASONS = {
  unpaid: 'Payment required',
  otherTerms: 'No matching payment requirements',
  used: 'payment_already_used',
  unexpected: 'unexpected_settle_error',
} as const;
