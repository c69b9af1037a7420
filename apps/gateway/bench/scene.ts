import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from 'viem';
import { BUYER, startChain, type TestChain } from '../test-support/chain-fixture.ts';
import {
  gatewayEnv,
  giveDollars,
  MODELS,
  openAccount,
  publishModel,
  takeLicense,
  type Listed,
} from '../test-support/host-fixture.ts';
import type { PostedCall } from '../test-support/x402-fixture.ts';

export const PRICE = 1_000n;

/** A chain on which HOST may serve the classifier of digits, and BUYER has money. */
export interface BenchScene {
  chain: TestChain;
  listing: Listed;
  vault: Address;
  /** The environment of a gateway whose rounds collect nothing while it is measured. */
  env(overrides?: Record<string, string>): Record<string, string>;
}

export async function openBenchScene(): Promise<BenchScene> {
  const chain = await startChain();
  await giveDollars(chain, BUYER.address, 10n ** 15n);
  await openAccount(chain);
  const { licenseId, vault } = await takeLicense(chain, await publishModel(chain, 'digits'));
  const folder = join(MODELS, 'digits');
  const listing = { model: 'digits', kind: 'classifier' as const, licenseId, price: PRICE, folder };
  const idle = { COLLECT_AFTER: '43200', COLLECT_ABOVE: '1000000000000000' };
  return { chain, listing, vault, env: (overrides) => gatewayEnv(chain, [listing], { ...idle, ...overrides }) };
}

/** One held-out digit, to be classified. */
export function classifyAt(url: string): PostedCall {
  const image = readFileSync(join(MODELS, 'digits', 'heldout.u8')).subarray(0, 28 * 28);
  const body = { model: 'digits', dtype: 'uint8', shape: [1, 1, 28, 28], data: image.toString('base64') };
  return { url: `${url}/v1/classify`, body };
}
