import type { PaymentPayload } from '@x402/core/types';
import type { Deployment } from '@oml/protocol/deployment';
import { exactPaymentRef, type ExactAuthorization } from '@oml/protocol/payment';
import { address, bytes32, hex, uint } from '@oml/protocol/wire';
import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { z } from 'zod';

/** One signed x402 `exact` payment: everything needed to send it again and to book it into the vault. */
export interface ExactPayment {
  /** The transfer, once the host reported it. */
  tx?: Hex;
  authorization: ExactAuthorization;
  signature: Hex;
  /** What the receipt and the vault call it. */
  paymentRef: Hex;
  /** Value of the PAYMENT-SIGNATURE header: sent again, it gets the answer again and charges nothing. */
  header: string;
  /** Unix seconds. */
  signedAt: number;
}

const payloadSchema = z.object({
  signature: hex,
  authorization: z.object({ from: address, to: address, value: uint, validAfter: uint, validBefore: uint, nonce: bytes32 }),
});

/** Reads the authorization out of an x402 payload. Throws PAYMENT_INVALID where it is no EIP-3009 payment. */
export function exactPaymentOf(payload: PaymentPayload, header: string, { contracts }: Deployment): ExactPayment {
  const parsed = payloadSchema.safeParse(payload.payload);
  if (!parsed.success) throw new OmlError('PAYMENT_INVALID', 'The payment is no EIP-3009 authorization.');
  const { authorization, signature } = parsed.data;
  return { authorization, signature, paymentRef: exactPaymentRef(contracts.token, authorization.from, authorization.nonce), header, signedAt: Math.floor(Date.now() / 1000) };
}
