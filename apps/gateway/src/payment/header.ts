import type { PaymentPayload } from '@x402/core/types';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { authorizationSigner, type ExactAuthorization, type TokenDomain } from '@oml/protocol/signed/authorization';
import { exactPayloadSchema } from '@oml/protocol/wire/exact-payload';
import { uint } from '@oml/protocol/wire/scalars';
import type { Hex } from 'viem';
import { z } from 'zod';
import { recoverFast } from './curve.ts';

/** x402's envelope; what it wraps is read by its scheme. */
const paymentSchema = z.object({
  x402Version: z.literal(2),
  accepted: z.looseObject({ amount: uint }),
  payload: z.unknown(),
});
export interface SentPayment {
  payload: PaymentPayload;
  authorization: ExactAuthorization;
  signature: Hex;
  paymentRef: Hex;
}

/** Why a header is not a payment. */
export type Unreadable = 'not-x402' | 'not-eip3009';

/** Reads the payload of an `exact` payment; undefined where it is not made by EIP-3009. */
export function readAuthorization(
  payload: PaymentPayload,
  { verifyingContract: token }: Pick<TokenDomain, 'verifyingContract'>,
): SentPayment | undefined {
  const parsed = exactPayloadSchema.safeParse(payload.payload);
  if (!parsed.success) return undefined;
  const { authorization, signature } = parsed.data;
  const paymentRef = exactPaymentRef(token, authorization.from, authorization.nonce);
  return { payload, authorization, signature, paymentRef };
}

/** Reads the envelope of a PAYMENT-SIGNATURE, whatever its scheme; undefined where it is not of x402 v2. */
export function readEnvelope(header: string): PaymentPayload | undefined {
  if (!BASE64.test(header)) return undefined;
  try {
    const payload: unknown = JSON.parse(Buffer.from(header, 'base64').toString());
    return paymentSchema.safeParse(payload).success ? (payload as PaymentPayload) : undefined;
  } catch {
    return undefined;
  }
}

/** What `decodePaymentSignatureHeader` of @x402/core takes, which goes through it letter by letter. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

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
