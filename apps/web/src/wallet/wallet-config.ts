import { createConfig, createStorage, http, type Config } from 'wagmi';
import { chainOf } from '#kit/chain-of.ts';
import { DEV_CHAIN_ID, type PublicConfig } from '#kit/public-config.ts';

/** Questions of one page that go to the chain's node in one request: some nodes refuse more. */
const MOST_AT_ONCE = 50;

/** wagmi over the one configured chain; wallets announce themselves (EIP-6963). */
export function createWalletConfig(config: PublicConfig): Config {
  const chain = chainOf(config);
  return createConfig({
    chains: [chain],
    transports: { [chain.id]: http(config.rpcUrl, { batch: { batchSize: MOST_AT_ONCE } }) },
    ssr: true,
    storage: createStorage({ storage: typeof window === 'undefined' ? undefined : window.localStorage, key: 'oml' }),
    // viem polls every 4 s unless told; blocks of a dev chain come every second.
    pollingInterval: chain.id === DEV_CHAIN_ID ? 250 : 2000,
  });
}
