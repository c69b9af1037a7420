/**
 * x402's own reasons that this gateway reads or repeats. No entry point of its packages exports them; a test finds each
 * in what is installed.
 */
export const X402_REASONS = {
  pending: 'settlement_pending',
  notSent: 'invalid_exact_evm_transaction_failed',
  signature: 'invalid_exact_evm_signature',
  nonceUsed: 'invalid_exact_evm_nonce_already_used',
  noMoney: 'invalid_exact_evm_insufficient_balance',
} as const;

/** Reasons that the x402 headers of this gateway give beside those. */
export const OWN_REASONS = {
  unpaid: 'Payment required',
  otherTerms: 'No matching payment requirements',
  used: 'payment_already_used',
  unexpected: 'unexpected_settle_error',
  leaving: 'channel_withdrawal_pending',
  needlessDeposit: 'deposit_not_needed',
  refundCosts: 'refund_below_gas_cost',
  unreadable: 'invalid_payload',
  version: 'invalid_x402_version',
} as const;

/** x402's reasons about `batch-settlement`. */
export const CHANNEL_REASONS = {
  payload: 'invalid_batch_settlement_evm_payload_type',
  id: 'invalid_batch_settlement_evm_channel_id_mismatch',
  receiver: 'invalid_batch_settlement_evm_receiver_mismatch',
  receiverAuthorizer: 'invalid_batch_settlement_evm_receiver_authorizer_mismatch',
  token: 'invalid_batch_settlement_evm_token_mismatch',
  withdrawDelay: 'invalid_batch_settlement_evm_withdraw_delay_mismatch',
  signature: 'invalid_batch_settlement_evm_voucher_signature',
  unknown: 'invalid_batch_settlement_evm_missing_channel',
  busy: 'invalid_batch_settlement_evm_channel_busy',
  mismatch: 'invalid_batch_settlement_evm_cumulative_amount_mismatch',
  short: 'invalid_batch_settlement_evm_cumulative_exceeds_balance',
  smallDeposit: 'invalid_batch_settlement_evm_deposit_below_min_deposit',
  noMoney: 'invalid_batch_settlement_evm_insufficient_balance',
  nothingLeft: 'invalid_batch_settlement_evm_refund_no_balance',
  refundAmount: 'invalid_batch_settlement_evm_refund_amount_invalid',
} as const;
