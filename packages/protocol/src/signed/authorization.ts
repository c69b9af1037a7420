import type { Address, Hex } from 'viem';

/**
 * An EIP-3009 transfer authorization, as x402 `exact` carries it. Amounts in the token's smallest unit, times in Unix
 * seconds.
 */
export interface ExactAuthorization {
  from: Address;
  to: Address;
  value: bigint;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
}

/** EIP-712 type of the authorization (EIP-3009), as buyers sign it and tokens and vaults check it. */
export const AUTHORIZATION_TYPES = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;
