import type { Address, Hex } from 'viem';

/** Whose, on which chain: two accounts see nothing of each other, and two chains may have the same number. */
export interface Shelf {
  account: Address;
  /** Hash of block 0. */
  genesis: Hex;
}

/** What is kept of an account, as localStorage names it. */
const NAMES = {
  transactions: 'oml.transactions',
  receipts: 'oml.receipts',
  payments: 'oml.payments',
  session: 'oml.session',
} as const;

/** Where a browser keeps something of one account on one chain. */
export const shelfKey = (what: keyof typeof NAMES, { account, genesis }: Shelf): string =>
  `${NAMES[what]}.${genesis}.${account.toLowerCase()}`;
