import { isDev } from '@oml/protocol/chain/deployment';
import type { Chain } from '@oml/service/chain';
import { costOf, type Uses } from '../payment/transaction-cost.ts';

/** What a channel costs its host's gas account at the present gas price, as of the last look; smallest unit. */
export interface GasCost {
  /** Of a deposit, one collection and the end of the channel, in the token; rounded up, so that it seldom changes. */
  ofChannel(): bigint;
  look(): Promise<void>;
}

export interface Costing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  /** What a whole coin is worth, in the token's smallest unit; 0: gas counts as nothing, as where it is play money. */
  coinPrice: bigint | undefined;
}

/**
 * Of a deposit, of a collection that has one row, and of a refund, as `gas/table.json` in contracts has them; and what
 * they are long.
 */
export const CHANNEL_USES: Uses = { gas: 137_616n + 91_672n + 103_516n, bytes: 2_000 };
const COIN = 10n ** 18n;
/** For who does not say: the order of magnitude of an ether, in dollars of six decimals. */
const DEFAULT_COIN_PRICE = 3_000_000_000n;

/** Terms that a buyer was shown stay good as long as gas stays below the next power of two. */
export function createGasCost({ chain, coinPrice: told }: Costing): GasCost {
  const coinPrice = told ?? (isDev(chain.deployment) ? 0n : DEFAULT_COIN_PRICE);
  let cost = 0n;
  return {
    ofChannel: () => cost,
    async look() {
      if (coinPrice === 0n) return;
      const exact = ((await costOf(chain, CHANNEL_USES)) * coinPrice) / COIN;
      cost = exact === 0n ? 0n : 1n << BigInt(exact.toString(2).length);
    },
  };
}
