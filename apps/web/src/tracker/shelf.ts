import type { Address, Hex } from 'viem';

/** Whose, on which chain: two accounts see nothing of each other, and two chains may have the same number. */
export interface Shelf {
  account: Address;
  /** Hash of block 0. */
  genesis: Hex;
}

/** Where a browser keeps something of one account on one chain. */
export const shelfKey = (what: 'transactions' | 'receipts' | 'payments', { account, genesis }: Shelf): string =>
  `oml.${what}.${genesis}.${account.toLowerCase()}`;
