import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { channelPaymentOf } from './channel/payment.ts';
import { exactPaymentOf } from './exact-payment.ts';
import type { Payment } from './payment.ts';

/** What an error tells of a call that was paid for, in its `details`: enough to ask again, which costs nothing more. */
export const paidDetails = (
  { paymentRef, header, signedAt }: Payment,
  nonceSalt: Hex | undefined,
): Record<string, unknown> => ({ paymentRef, header, signedAt, ...(nonceSalt ? { nonceSalt } : {}) });

/**
 * What to ask with again after an error that came when the call was paid for; undefined where nothing was paid. With
 * the same body it gets the answer that was paid for; with another body only where the answer failed, and then without
 * the salt. Throws PAYMENT_INVALID.
 */
export function askAgain(error: unknown, deployment: Deployment): { payment: Payment; nonceSalt?: Hex } | undefined {
  if (!isOmlError(error)) return undefined;
  const { header, signedAt, nonceSalt } = error.details as { header?: string; signedAt?: number; nonceSalt?: Hex };
  if (header === undefined || signedAt === undefined) return undefined;
  const payload = decodePaymentSignatureHeader(header);
  const payment =
    payload.accepted.scheme === 'exact'
      ? { ...exactPaymentOf(payload, header, deployment), signedAt }
      : channelPaymentOf(header, signedAt);
  return { payment, ...(nonceSalt ? { nonceSalt } : {}) };
}

/** The same error, telling more. */
export function telling(error: OmlError, more: Record<string, unknown>): OmlError {
  const { code, message, retryable, cause, details } = error;
  return new OmlError(code, message, { retryable, cause, details: { ...details, ...more } });
}

/** The error of an answer that broke off after it was paid for. An abort of the caller's own stays what it is. */
export function brokenAnswer(error: unknown, payment: Payment, nonceSalt: Hex | undefined): unknown {
  const details = paidDetails(payment, nonceSalt);
  if (isOmlError(error)) return telling(error, details);
  if ((error as { name?: unknown } | null)?.name === 'AbortError') return error;
  return new OmlError('UNAVAILABLE', 'The answer broke off. Ask again with the same payment: it is charged once.', {
    retryable: true,
    details,
    cause: error,
  });
}
