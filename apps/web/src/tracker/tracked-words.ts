import { shortHex } from '@oml/ui/short-hex';
import type { Explanation } from '@oml/protocol/chain/revert-words';
import type { Tracked } from './tracked.ts';

/** What became of a transaction that did not do what was asked for, and what to do now. */
export function lossWords({ state, hash, title }: Tracked): Explanation | undefined {
  if (state === 'cancelled')
    return {
      sentence: `“${title}” was cancelled in your wallet: an empty transaction (${shortHex(hash)}) took its place.`,
      next: 'Nothing changed but the gas. Press again if you still want it.',
    };
  if (state === 'replaced')
    return {
      sentence: `“${title}” did not happen: your wallet sent another transaction (${shortHex(hash)}) in its place.`,
      next: 'Look at that one, then press again if you still want this.',
    };
  if (state === 'reverted')
    return {
      sentence: `“${title}” was included, but the contract refused it.`,
      next: 'Nothing changed but the gas. The transaction’s own page says why.',
    };
  if (state === 'unknown')
    return {
      sentence: `This page’s chain does not know “${title}” (${shortHex(hash)}): it was dropped, or your wallet sent it to another network.`,
      next: 'Look into your wallet’s own list. If it is not there, press again.',
    };
  return undefined;
}

/** Where a transaction stands, beside its state: in which block, and how far the index is. */
export function blockWords({ block, state, misses }: Tracked, indexedBlock: number | undefined): string {
  if (block === undefined) return misses > 0 && state === 'pending' ? 'looking for it' : '';
  if (state !== 'included' && state !== 'final') return `block ${block}`;
  if (indexedBlock !== undefined && indexedBlock < block)
    return `block ${block}, index at ${indexedBlock}: pages show it in a moment`;
  return `block ${block}`;
}
