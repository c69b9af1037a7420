import type { Address } from 'viem';
import type { TokenDomain } from './authorization.ts';

const PERMIT_TYPES = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;

/** An allowance by signature (EIP-2612). Amounts in the token's smallest unit, times in Unix seconds. */
export interface Permitted {
  owner: Address;
  spender: Address;
  value: bigint;
  nonce: bigint;
  deadline: bigint;
}

/** What an owner of tokens signs, so that `spender` may take `value` without a transaction before. */
export const permitTypedData = (message: Permitted, domain: TokenDomain) =>
  ({ domain, types: PERMIT_TYPES, primaryType: 'Permit', message: { ...message } }) as const;
