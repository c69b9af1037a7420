import { defineChain, type Chain } from 'viem';
import { DEV_CHAIN_ID, type PublicConfig } from './public-config.ts';

/** The configured chain as viem wants it. */
export function chainOf({ chainId, rpcUrl }: Pick<PublicConfig, 'chainId' | 'rpcUrl'>): Chain {
  return defineChain({
    id: chainId,
    name: chainId === DEV_CHAIN_ID ? 'Development chain' : `Chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
    testnet: chainId === DEV_CHAIN_ID,
  });
}
