import { devKey, startDevChain, type DevChain, type DevChainOptions } from '@oml/service/test-support/dev-chain';
import { createTestClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

export type TestChain = DevChain;
export { freePort } from '@oml/service/test-support/dev-chain';

/** Keys of the people in the tests; anvil gave each of them gas. */
export const KEYS = {
  OWNER: devKey(1),
  HOST: devKey(2),
  SIGNER: devKey(3),
  GAS: devKey(4),
  BUYER: devKey(5),
  OUTSIDER: devKey(6),
  CLAIMANT: devKey(7),
  POOR_SIGNER: devKey(8),
} as const;
export const OWNER = privateKeyToAccount(KEYS.OWNER);
export const HOST = privateKeyToAccount(KEYS.HOST);
export const SIGNER = privateKeyToAccount(KEYS.SIGNER);
export const GAS = privateKeyToAccount(KEYS.GAS);
export const BUYER = privateKeyToAccount(KEYS.BUYER);
export const OUTSIDER = privateKeyToAccount(KEYS.OUTSIDER);

/**
 * A real chain of one-second blocks with the real contracts. Where nothing depends on what waits in the pool, nobody
 * waits for them: `isMixed` mines transactions at once, and the blocks come all the same.
 */
export const startChain = (
  parameters: DevChainOptions['parameters'] = {},
  { isMixed = false }: Pick<DevChainOptions, 'isMixed'> = {},
): Promise<TestChain> => startDevChain({ secondsPerBlock: 1, parameters, isMixed });

/** What only a test may ask of a chain: to mine, to wait, to roll back. */
export const controlsOf = ({ rpcUrl }: TestChain) => createTestClient({ mode: 'anvil', transport: http(rpcUrl) });

/** Polls until `check` holds; fails after `timeoutMs`, in ms: long, since a loaded machine takes its time. */
export async function waitFor(check: () => Promise<boolean>, timeoutMs = 180_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (Date.now() > until) throw new Error(`nothing came of it within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
