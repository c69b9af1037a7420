import { devKey } from '@oml/service/test-support/dev-chain';
import { privateKeyToAccount } from 'viem/accounts';

export const KEYS = {
  OWNER: devKey(1),
  AGENT: devKey(2),
  HOST: devKey(3),
  VERIFIER: devKey(4),
  OUTSIDER: devKey(5),
} as const;

export const OWNER = privateKeyToAccount(KEYS.OWNER);
export const AGENT = privateKeyToAccount(KEYS.AGENT);
export const HOST = privateKeyToAccount(KEYS.HOST);
export const VERIFIER = privateKeyToAccount(KEYS.VERIFIER);
export const OUTSIDER = privateKeyToAccount(KEYS.OUTSIDER);
