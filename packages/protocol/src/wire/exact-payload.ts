import { z } from 'zod';
import { address, bytes32, hex, uint } from './scalars.ts';

/** The `payload` of an x402 `exact` payment on an EVM chain: a signed EIP-3009 authorization. */
export const exactPayloadSchema = z.object({
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
export type ExactPayload = z.output<typeof exactPayloadSchema>;
