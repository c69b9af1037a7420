import { readDeployment } from '@oml/contracts/deployment';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { createPublicClient, http, type PublicClient } from 'viem';
import { deploymentPath, urlOf } from './layout.ts';

/** A reading client of the stack's chain; usable before anything is deployed. */
export const connectRpc = (): PublicClient =>
  createPublicClient({ transport: http(urlOf('chain')), pollingInterval: 100 });

export const deployment = (): Deployment => readDeployment(deploymentPath);
