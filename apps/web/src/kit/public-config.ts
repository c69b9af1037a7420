import type { Deployment } from '@oml/protocol/chain/deployment';
import { defineChain, type Chain } from 'viem';

/** What the browser is told, at request time: addresses and URLs, nothing secret. */
export interface PublicConfig {
  chainId: number;
  rpcUrl: string;
  publisherUrl?: string;
  verifierUrl?: string;
  deployment: Deployment;
}

/** Anvil's and Hardhat's chain id: dollars and gas are free there. */
export const DEV_CHAIN_ID = 31337;

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
