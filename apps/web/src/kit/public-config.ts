import type { Deployment } from '@oml/protocol/chain/deployment';

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

/** May pages ask addresses of a private network, as everything on a development machine has? */
export const allowsPrivate = ({ chainId }: Pick<PublicConfig, 'chainId'>): boolean => chainId === DEV_CHAIN_ID;
