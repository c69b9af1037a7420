import type { PaymentPayload } from '@x402/core/types';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { authorizationSigner, type ExactAuthorization, type TokenDomain } from '@oml/protocol/signed/authorization';
import { exactPayloadSchema } from '@oml/protocol/wire/exact-payload';
import type { Context } from 'hono';
import type { Hex } from 'viem';
import { recoverFast } from './curve.ts';
import { notRead, type NotRead } from './envelope.ts';

export interface SentPayment {
  payload: PaymentPayload;
  authorization: ExactAuthorization;
  signature: Hex;
  paymentRef: Hex;
}

/** The payment that came with a request; X-PAYMENT is where x402 v1 had it, who sends that hears of v2. */
export const paymentHeader = (c: Context): string | undefined =>
  c.req.header('payment-signature') || c.req.header('x-payment') || undefined;

/** Why an envelope holds no payment by EIP-3009. */
export type NotPayment = NotRead | { no: 'not-eip3009' };

/** Reads the payload of an `exact` payment, or says why it is none that is made by EIP-3009. */
export function readAuthorization(
  payload: PaymentPayload,
  { verifyingContract: token }: Pick<TokenDomain, 'verifyingContract'>,
): SentPayment | NotPayment {
  if (!('authorization' in payload.payload)) return { no: 'not-eip3009' };
  const parsed = exactPayloadSchema.safeParse(payload.payload);
  if (!parsed.success) return notRead(parsed.error, 'payload');
  const { authorization, signature } = parsed.data;
  const paymentRef = exactPaymentRef(token, authorization.from, authorization.nonce);
  return { payload, authorization, signature, paymentRef };
}

/**
 * Would the vault book this payment? Its rule is stricter than x402's: 65 bytes, v 27 or 28, low s, made by `from`
 * itself.
 */
export async function isBookable(
  { authorization, signature }: Pick<SentPayment, 'authorization' | 'signature'>,
  token: TokenDomain,
): Promise<boolean> {
  const signer = await authorizationSigner(authorization, signature, token, recoverFast).catch(() => undefined);
  return signer === authorization.from;
}
