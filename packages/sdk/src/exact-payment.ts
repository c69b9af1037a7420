import type { PaymentPayload } from '@x402/core/types';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import { exactPayloadSchema } from '@oml/protocol/wire/exact-payload';
import type { Hex } from 'viem';

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

/** Reads the authorization out of an x402 payload. Throws PAYMENT_INVALID where it is no EIP-3009 payment. */
export function exactPaymentOf(payload: PaymentPayload, header: string, { contracts }: Deployment): ExactPayment {
  try {
    const { authorization, signature } = exactPayloadSchema.parse(payload.payload);
    const paymentRef = exactPaymentRef(contracts.token, authorization.from, authorization.nonce);
    return {
      authorization,
      signature,
      paymentRef,
      header,
      signedAt: Math.floor(Date.now() / 1000),
    };
  } catch (cause) {
    throw new OmlError('PAYMENT_INVALID', 'The payment is no EIP-3009 authorization.', { cause });
  }
}
