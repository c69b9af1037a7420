import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { SentPayment, Unreadable } from './header.ts';
import type { Unpaid } from './settle.ts';
import type { Offer } from './terms.ts';
import { OWN_REASONS, X402_REASONS } from './x402-reasons.ts';

/** Every reason why a payment is not admitted. */
export type Refusal =
  | { no: Unreadable | 'in-use' }
  /** Against what this gateway wrote down of that payment. */
  | { no: 'other-request' | 'other-body' | 'nonce-taken' | 'refunded'; paymentRef: Hex }
  /** Against the terms or the chain; `reason` is what the x402 header says. */
  | { no: 'unpaid' | 'misfit' | 'expired' | 'short' | 'used' | 'unsettled'; reason: string };

/** Nothing was taken, except under PAYMENT_UNSETTLED, where the chain may still take it. */
const REFUSALS: Record<Refusal['no'], { code: OmlErrorCode; says: string }> = {
  'not-x402': { code: 'PAYMENT_INVALID', says: 'PAYMENT-SIGNATURE is not base64 of an x402 payload.' },
  'not-eip3009': { code: 'PAYMENT_INVALID', says: 'The payment is not an EIP-3009 authorization.' },
  'in-use': { code: 'PAYMENT_UNSETTLED', says: 'This payment is in use right now. Send it again in a moment.' },
  'other-request': { code: 'PAYMENT_USED', says: 'The payment was used before, for another request.' },
  'other-body': { code: 'IDEMPOTENCY_CONFLICT', says: 'This request nonce was used with another body.' },
  'nonce-taken': {
    code: 'IDEMPOTENCY_CONFLICT',
    says: 'This client paid for another request under the same nonce before, or for this one with another payment.',
  },
  refunded: { code: 'PAYMENT_USED', says: 'The answer to this payment failed, and the host pays it back.' },
  unpaid: { code: 'PAYMENT_REQUIRED', says: 'This call costs money; PAYMENT-REQUIRED says how to pay.' },
  misfit: { code: 'PAYMENT_INVALID', says: 'The payment does not fit what was asked for.' },
  expired: { code: 'PAYMENT_EXPIRED', says: 'The authorization is expired, or about to.' },
  short: { code: 'PAYMENT_SHORT', says: 'The payment is below the price.' },
  used: { code: 'PAYMENT_USED', says: 'The payment was used before.' },
  unsettled: {
    code: 'PAYMENT_UNSETTLED',
    says: 'The payment is not settled yet. Send the same payment again in a moment: it is charged once.',
  },
};

/** The problem that the client is shown. */
export function problemOfRefusal(
  refusal: Refusal,
  { price, priceVersion, vault }: Offer,
  sent: SentPayment | undefined,
): OmlError {
  const { code, says } = REFUSALS[refusal.no];
  const { no: _, ...facts } = refusal;
  const asked = 'reason' in refusal ? { price: String(price), priceVersion, payTo: vault } : {};
  const given =
    sent && 'reason' in refusal ? { paymentRef: sent.paymentRef, value: String(sent.authorization.value) } : {};
  return new OmlError(code, says, {
    details: { ...facts, ...asked, ...given },
    retryable: code === 'PAYMENT_UNSETTLED',
  });
}

/** x402 wants this many seconds left on an authorization. */
export const SECONDS_LEFT = 6n;

/** What is wrong with a payment that x402 or the vault would not take. */
export function misfitOf({ authorization, payload }: SentPayment, price: bigint, reason: string): Refusal {
  const { value, validBefore } = authorization;
  if (validBefore < BigInt(Math.floor(Date.now() / 1000)) + SECONDS_LEFT) return { no: 'expired', reason };
  if (value < price || BigInt(payload.accepted.amount) < price) return { no: 'short', reason };
  return { no: 'misfit', reason };
}

/** The reason in the x402 header of a settlement that brought no money. */
export function reasonOf(end: Unpaid): string {
  switch (end.end) {
    case 'not-bookable':
      return X402_REASONS.signature;
    case 'used':
      return OWN_REASONS.used;
    case 'refused':
    case 'failed':
      return end.why;
    case 'pending':
      return X402_REASONS.pending;
    case 'taken':
    case 'may-land':
    case 'broken':
      return OWN_REASONS.unexpected;
  }
}

const USED: readonly string[] = [OWN_REASONS.used, X402_REASONS.nonceUsed];
const UNSETTLED: readonly string[] = [OWN_REASONS.unexpected, X402_REASONS.pending];

/** Why a settlement brought no money, in this protocol's words. */
export function refusalOf(sent: SentPayment, price: bigint, end: Unpaid): Refusal {
  const reason = reasonOf(end);
  if (USED.includes(reason)) return { no: 'used', reason };
  return UNSETTLED.includes(reason) ? { no: 'unsettled', reason } : misfitOf(sent, price, reason);
}
