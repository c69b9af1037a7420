import { revenueVaultAbi } from '@oml/contracts/abis';
import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import type { Hex } from 'viem';
import type { Uses } from '../payment/transaction-cost.ts';

/** A payment as its vault takes it. */
export interface Signed {
  authorization: ExactAuthorization;
  signature: Hex;
}

/**
 * Above what `bookExact` ever takes (gas/table.json in contracts), with room for a token behind a proxy. What a node
 * estimates would not do: beside somebody's broadcast of the same authorization it looks cheap, and may come first.
 */
export const BOOK_EXACT_GAS = 250_000n;
/** The same, and what such a transaction is long. */
export const BOOK_EXACT_USES: Uses = { gas: BOOK_EXACT_GAS, bytes: 500 };

/** The vault moves a payment's money, if nobody has, and books it. Idempotent on chain. */
export function bookExactCall({ authorization, signature }: Signed) {
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  return {
    address: to,
    abi: revenueVaultAbi,
    functionName: 'bookExact',
    args: [{ from, value, validAfter, validBefore, nonce }, signature],
  } as const;
}
