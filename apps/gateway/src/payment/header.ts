import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { PaymentPayload } from '@x402/core/types';
import { OmlError } from '@oml/protocol/error';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { AUTHORIZATION_TYPES, type ExactAuthorization } from '@oml/protocol/signed/authorization';
import { recoverStrict } from '@oml/protocol/signed/strict-signature';
import { address, bytes32, hex, uint } from '@oml/protocol/wire/scalars';
import { hashTypedData, type Address, type Hex } from 'viem';
import { z } from 'zod';

const payloadSchema = z.object({
  signature: hex,
  authorization: z.object({
    from: address,
    to: address,
    value: uint,
    validAfter: uint,
    validBefore: uint,
    nonce: bytes32,
  }),
});

export interface SentPayment {
  payload: PaymentPayload;
  authorization: ExactAuthorization;
  signature: Hex;
  paymentRef: Hex;
}

/** Reads PAYMENT-SIGNATURE. Throws PAYMENT_INVALID where it is no EIP-3009 payment of x402 v2. */
export function readPaymentHeader(header: string, token: Address): SentPayment {
  let payload: PaymentPayload;
  try {
    payload = decodePaymentSignatureHeader(header);
  } catch (cause) {
    throw new OmlError('PAYMENT_INVALID', 'PAYMENT-SIGNATURE is not base64 of an x402 payload.', { cause });
  }
  const parsed = payloadSchema.safeParse(payload.payload);
  if (!parsed.success) throw new OmlError('PAYMENT_INVALID', 'The payment is no EIP-3009 authorization.');
  const { authorization, signature } = parsed.data;
  return {
    payload,
    authorization,
    signature,
    paymentRef: exactPaymentRef(token, authorization.from, authorization.nonce),
  };
}

export interface TokenDomain {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
}

/**
 * Would the vault book this payment? Its rule is stricter than x402's: 65 bytes, v 27 or 28, low s, made by `from`
 * itself.
 */
export async function isBookable(
  { authorization, signature }: Pick<SentPayment, 'authorization' | 'signature'>,
  domain: TokenDomain,
): Promise<boolean> {
  const digest = hashTypedData({
    domain,
    types: AUTHORIZATION_TYPES,
    primaryType: 'TransferWithAuthorization',
    message: authorization,
  });
  const signer = await recoverStrict(digest, signature).catch(() => undefined);
  return signer === authorization.from;
}
