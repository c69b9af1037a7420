import { z } from 'zod';
import { address } from './wire.ts';

/** Addresses of one deployment on one chain, as the deploy step writes them. Public: pages and SDK read it too. */
export const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  /** Block from which an indexer must read. */
  deployedAtBlock: z.number().int().nonnegative(),
  contracts: z.object({
    token: address,
    parameters: address,
    termsRegistry: address,
    modelRegistry: address,
    licenseRegistry: address,
    vaultImplementation: address,
    verifierRegistry: address,
    claimCourt: address,
  }),
});
export type Deployment = z.output<typeof deploymentSchema>;
