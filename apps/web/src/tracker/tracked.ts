import type { Address, Hex } from 'viem';

/**
 * Where a transaction stands. `unknown`: the chain's node knows it not, or no more, and its nonce is still free.
 * `cancelled` and `replaced`: another transaction of the account took its nonce, an empty one or one that does
 * something else.
 */
export type TrackedState = 'pending' | 'unknown' | 'included' | 'final' | 'reverted' | 'cancelled' | 'replaced';

/** A transaction that a wallet sent for this site, as a browser keeps it. Plain JSON. */
export interface Tracked {
  /** The hash that the wallet gave: its name for as long as it is kept. */
  id: Hex;
  /** The hash under which it is on its way, or in a block: a wallet that changes the fee sends another. */
  hash: Hex;
  account: Address;
  /** Hash of block 0: two chains may have the same number. */
  genesis: Hex;
  /** What the wallet calls it as long as it is part of a batch whose transaction is not known (EIP-5792). */
  batch?: string;
  to: Address;
  data: Hex;
  /** Of the chain's own coin, smallest unit, decimal. */
  value: string;
  /** As a node showed it; until one has, the account's next when it was sent. */
  nonce?: number;
  /** What it does, in words. */
  title: string;
  /** Milliseconds; the newest block when it was sent. */
  sentAt: number;
  sentBlock: number;
  state: TrackedState;
  /** When the state began, in milliseconds. */
  since: number;
  /** That it, or what took its place, is in. */
  block?: number;
  /** Can the block not be replaced any more? */
  isFinal: boolean;
  /** Looks in a row that found no trace of it. */
  misses: number;
}

/** Is it still to be looked after? */
export const isOpen = ({ isFinal }: Tracked): boolean => !isFinal;

/** Is it on its way, so that the same must not be sent again? */
export const isOnItsWay = ({ state }: Tracked): boolean => state === 'pending';

/** Did what was asked for happen? */
export const isDone = ({ state }: Tracked): boolean => state === 'included' || state === 'final';

/** Did it end otherwise? */
export const isLost = ({ state }: Tracked): boolean =>
  state === 'reverted' || state === 'cancelled' || state === 'replaced';
