import type { PaymentRequirements } from '@x402/core/types';
import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { SentPayment } from './header.ts';

/** Reasons of our own, beside x402's, for a settlement that did not happen. */
export const REASONS = {
  used: 'payment_already_used',
  notBookable: 'invalid_exact_evm_signature',
  failed: 'unexpected_settle_error',
} as const;

/** x402 wants this many seconds left on an authorization. */
const SECONDS_LEFT = 6n;

const SENTENCES: Partial<Record<OmlErrorCode, string>> = {
  PAYMENT_REQUIRED: 'This call costs money; PAYMENT-REQUIRED says how to pay.',
  PAYMENT_SHORT: 'The payment is below the price.',
  PAYMENT_EXPIRED: 'The authorization is expired, or about to.',
  PAYMENT_USED: 'The payment was used before.',
  PAYMENT_UNSETTLED: 'The payment is not settled yet. Send the same payment again in a moment: it is charged once.',
  PAYMENT_INVALID: 'The payment does not fit what was asked for.',
};

/**
 * Says in OML's words why x402 refused. Nothing was taken, except where the code is PAYMENT_UNSETTLED and the chain may
 * still take it.
 */
export function paymentRefusal(
  sent: SentPayment | undefined,
  { amount, payTo }: PaymentRequirements,
  reason: string,
): OmlError {
  const code = refusalCode(sent, BigInt(amount), reason);
  const details = {
    reason,
    price: amount,
    payTo,
    ...(sent ? { paymentRef: sent.paymentRef, value: String(sent.authorization.value) } : {}),
  };
  return new OmlError(code, SENTENCES[code]!, { details, retryable: code === 'PAYMENT_UNSETTLED' });
}

function refusalCode(sent: SentPayment | undefined, price: bigint, reason: string): OmlErrorCode {
  if (!sent) return 'PAYMENT_REQUIRED';
  const { value, validBefore } = sent.authorization;
  if (/already_used|used_or_canceled/.test(reason)) return 'PAYMENT_USED';
  if (/settlement_pending/.test(reason) || reason === REASONS.failed) return 'PAYMENT_UNSETTLED';
  if (validBefore < BigInt(Math.floor(Date.now() / 1000)) + SECONDS_LEFT) return 'PAYMENT_EXPIRED';
  if (value < price || BigInt(sent.payload.accepted?.amount ?? price) < price) return 'PAYMENT_SHORT';
  return 'PAYMENT_INVALID';
}
