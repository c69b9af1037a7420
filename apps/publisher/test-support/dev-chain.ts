import { devKey, startDevChain as start, type DevChain } from '@oml/service/test-support/dev-chain';

export type { DevChain };
export { freePort } from '@oml/service/test-support/dev-chain';

export const KEYS = {
  DEPLOYER: devKey(0),
  OWNER: devKey(1),
  AGENT: devKey(2),
  HOST: devKey(3),
  VERIFIER: devKey(4),
  OUTSIDER: devKey(5),
} as const;

/** A real chain of one-second blocks with the real contracts. */
export const startDevChain = (): Promise<DevChain> => start({ secondsPerBlock: 1 });
