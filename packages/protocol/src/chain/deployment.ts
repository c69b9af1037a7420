import { z } from 'zod';
import { address } from '../wire/scalars.ts';

/** Addresses of one deployment on one chain, as the deploy step writes them. Public: pages and SDK read it too. */
export const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  /** Block from which an indexer must read. */
  deployedAtBlock: z.number().int().nonnegative(),
  contracts: z.object({
    token: address,
    /** OpenZeppelin's TimelockController: the only one that may change rates. */
    timelock: address,
    parameters: address,
    /** IBeacon: drand's rounds; on the dev chain blocks. */
    beacon: address,
    termsRegistry: address,
    modelRegistry: address,
    licenseRegistry: address,
    vaultImplementation: address,
    verifierRegistry: address,
    inspectionPools: address,
    titleBonds: address,
    claimCourt: address,
    names: address,
    committees: address,
    blames: address,
    leakCourt: address,
    /** ERC-792. */
    arbitrator: address,
    /** x402's channels, at the same address on every chain, and the collector that takes EIP-3009 deposits. */
    batchSettlement: address,
    depositCollector: address,
  }),
});
export type Deployment = z.output<typeof deploymentSchema>;

const DEV_CHAIN_ID = 31_337;

/** Is this a chain for development, where parts stand on one machine and money is play money? */
export const isDev = ({ chainId }: Pick<Deployment, 'chainId'>): boolean => chainId === DEV_CHAIN_ID;
