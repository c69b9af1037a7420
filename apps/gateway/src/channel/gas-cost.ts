import { isDev } from '@oml/protocol/chain/deployment';
import type { Chain } from '@oml/service/chain';

/** What a channel costs its host's gas account at the present gas price, as of the last look; smallest unit. */
export interface GasCost {
  /** Of taking a deposit and ending the channel again, in the token; rounded up, so that it seldom changes. */
  ofChannel(): bigint;
  look(): Promise<void>;
}

export interface Costing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  /** What a whole coin is worth, in the token's smallest unit; 0: gas counts as nothing, as where it is play money. */
  coinPrice: bigint | undefined;
}

/** Of a deposit and of a refund, as `gas/table.json` in contracts has them. */
export const CHANNEL_GAS = 137_616n + 103_516n;
const COIN = 10n ** 18n;
/** For who does not say: the order of magnitude of an ether, in dollars of six decimals. */
const DEFAULT_COIN_PRICE = 3_000_000_000n;

/** Terms that a buyer was shown stay good as long as gas stays below the next power of two. */
export function createGasCost({ chain: { publicClient, deployment }, coinPrice: told }: Costing): GasCost {
  const coinPrice = told ?? (isDev(deployment) ? 0n : DEFAULT_COIN_PRICE);
  let cost = 0n;
  return {
    ofChannel: () => cost,
    async look() {
      if (coinPrice === 0n) return;
      const exact = (CHANNEL_GAS * (await publicClient.getGasPrice()) * coinPrice) / COIN;
      cost = exact === 0n ? 0n : 1n << BigInt(exact.toString(2).length);
    },
  };
}
