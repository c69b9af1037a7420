import { createBuyer, type Paid } from '@oml/sdk/buyer';
import { join } from 'node:path';
import type { Address } from 'viem';
import { BUYER, controlsOf, KEYS, startChain, type TestChain } from './chain-fixture.ts';
import { giveDollars, MODELS, openAccount, publishModel, takeLicense, type Listed } from './host-fixture.ts';
import { dollarsOf, type PostedCall } from './x402-fixture.ts';

export const PRICE = 1_500n;
export const PROMPT = 'Once upon a time';

/** A chain on which HOST serves fable-mini under a license and BUYER has money. */
export interface Scene {
  chain: TestChain;
  listing: Listed & { modelId: bigint };
  vault: Address;
  /** Runs `work` and says how much BUYER paid for it. */
  costOf(work: () => Promise<unknown>): Promise<bigint>;
}

/** `isMixed`: transactions are mined at once in the tests, too, as while the scene is set up. */
export async function openScene({ isMixed = false }: { isMixed?: boolean } = {}): Promise<Scene> {
  const chain = await startChain({}, { isMixed: true });
  await giveDollars(chain, BUYER.address);
  await openAccount(chain);
  const modelId = await publishModel(chain, 'fable-mini');
  const { licenseId, vault } = await takeLicense(chain, modelId);
  const listing = {
    modelId,
    model: 'fable-mini',
    kind: 'language' as const,
    licenseId,
    price: PRICE,
    folder: join(MODELS, 'fable-mini'),
  };
  if (!isMixed) await controlsOf(chain).setIntervalMining({ interval: 1 });
  const costOf = async (work: () => Promise<unknown>) => {
    const before = await dollarsOf(chain, BUYER.address);
    await work();
    return before - (await dollarsOf(chain, BUYER.address));
  };
  return { chain, listing, vault, costOf };
}

/** A request for a completion at a gateway. */
export function completionAt(
  url: string,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): PostedCall {
  return {
    url: `${url}/v1/completions`,
    body: { model: 'fable-mini', prompt: PROMPT, max_tokens: 6, temperature: 0, ...body },
    headers,
  };
}

export const buyerOptions = (chain: TestChain) => {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  return { account: BUYER, publicClient, deployment, maxAmountPerPayment: 10_000n };
};

/** BUYER pays for an answer of a gateway, under a nonce that `claimant` may claim with if one is named. */
export const buyAt = (
  chain: TestChain,
  url: string,
  options: { claimant?: Address; fetch?: typeof fetch } = {},
): Promise<Paid> =>
  createBuyer({ ...buyerOptions(chain), ...options }).complete(url, {
    model: 'fable-mini',
    prompt: PROMPT,
    maxTokens: 4,
    temperature: 0,
  });
