import { devKey, startDevChain as start, type DevChain } from '@oml/service/test-support/dev-chain';

export type { DevChain };
export { freePort } from '@oml/service/test-support/dev-chain';

export const KEYS = {
  DEPLOYER: devKey(0),
  OWNER: devKey(1),
  AGENT: devKey(2),
  HOST: devKey(3),
  CHEAT: devKey(4),
  CLEAN: devKey(5),
  GAS: devKey(6),
  VERIFIER: devKey(7),
  OUTSIDER: devKey(8),
} as const;

/** A real chain of one-second blocks; a claim may come sooner than on the dev chain, so that a test waits less. */
export const startDevChain = (): Promise<DevChain> => start({ secondsPerBlock: 1, parameters: { claimMinAge: '4n' } });
