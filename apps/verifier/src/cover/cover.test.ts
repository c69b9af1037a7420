import { guardFor } from '@oml/service/guarded-fetch';
import { until } from '@oml/service/wait';
import { keccak256 } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostsOf } from '../chain/hosts.ts';
import { registryLogs } from '../chain/registry-logs.ts';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { dieAfterEveryStep, stepsOf } from '../../test-support/die-after-every-step.ts';
import type { TestHost } from '../../test-support/host.ts';
import { cleanModel, fund, PRICE, publishModel } from '../../test-support/market.ts';
import { startLicensedHost, startVerifierOnChain, type VerifierOnChain } from '../../test-support/verifier-on-chain.ts';
import { paidUse } from '../programs/paid-use.ts';
import { cover } from './cover.ts';
import { createCover } from './order-cover.ts';
import { planCover } from './plan-cover.ts';

const NOON = Date.UTC(2026, 10, 30, 12);
const BUDGET = 800n * PRICE;
let chain: DevChain;
let on: VerifierOnChain;
let host: TestHost;
let licenseId: bigint;

beforeAll(async () => {
  chain = await startDevChain();
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId } = await publishModel(chain, KEYS.OWNER, book, 'http://127.0.0.1:1');
  ({ host, licenseId } = await startLicensedHost(chain, KEYS.HOST, modelId, cleanModel));
  await Promise.all([fund(chain, KEYS.VERIFIER, 100n), fund(chain, KEYS.OUTSIDER, 100n)]);
  on = await startVerifierOnChain(chain, {
    PURSE_KEY: KEYS.OUTSIDER,
    COVER_BUDGET: String(BUDGET),
    ENDPOINTS_EVERY_SECONDS: '1',
  });
});

afterAll(async () => {
  await on?.verifier.stop();
  await host?.stop();
  await chain?.stop();
});

/** Looks at the plan as if it were `now`. */
function orderAt(now: number): Promise<void> {
  const own = chain.as(KEYS.OUTSIDER);
  const hosts = hostsOf(own, registryLogs(own), guardFor(chain.deployment, { timeoutMs: 5_000, maxBytes: 1 << 18 }));
  return createCover({ hosts, driver: on.verifier.driver, seed: 'a seed', now: () => now })();
}
const ended = (id: string) =>
  until(
    'the purchase',
    async () => {
      const run = await on.verifier.driver.runs.find(cover, id);
      return run?.state === 'running' ? undefined : run;
    },
    { timeoutMs: 120_000 },
  );

it('buys at the planned time, once though it dies everywhere, by payers that nobody knows, and is no audit', async () => {
  const dying = dieAfterEveryStep();
  const [first] = planCover('a seed', NOON);
  await orderAt(first!.at - 1);
  expect(await on.verifier.driver.runs.list([cover])).toEqual([]);
  await orderAt(first!.at);
  await orderAt(first!.at + 1_000);
  expect(await ended(first!.id)).toMatchObject({ state: 'done', outcome: 'asked' });
  expect(stepsOf(dying.end())).toEqual(['discover', 'fund', 'ask']);
  expect(await on.verifier.driver.runs.list([cover])).toHaveLength(1);
  expect(host.seen).toHaveLength(first!.calls);
  expect(host.seen.map(({ payer }) => payer)).not.toContain(chain.as(KEYS.VERIFIER).account!.address);
  expect(await (await on.verifier.app.request('/audits')).json()).toEqual({ audits: [] });
});

it('leaves a round out whose time came while an audit ran', async () => {
  const [, second] = planCover('a seed', NOON);
  await on.verifier.driver.order(paidUse, { kind: 'paid-use', licenseId: String(licenseId), calls: 1 }, 'audit');
  await orderAt(second!.at);
  expect(await on.verifier.driver.runs.list([cover])).toHaveLength(1);
  await on.ended('audit');
});

it('tells of endpoints what it saw of them, signed, by looks and by what it bought', async () => {
  const { endpoints } = await until(
    'a look',
    async () => {
      const told = (await (await on.verifier.app.request('/endpoints')).json()) as { endpoints: { looks: number }[] };
      return (told.endpoints[0]?.looks ?? 0) > 0 ? told : undefined;
    },
    { timeoutMs: 180_000, everyMs: 1_000 },
  );
  expect(endpoints).toHaveLength(1);
  expect(endpoints[0]).toMatchObject({
    licenseId: String(licenseId),
    endpoint: host.url,
    answers: host.seen.length,
    price: { asked: String(PRICE), holds: true },
    verifiedAt: expect.any(String),
  });
});
