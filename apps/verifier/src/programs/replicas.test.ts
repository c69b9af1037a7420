import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { guardFor } from '@oml/service/guarded-fetch';
import { createLogger } from '@oml/service/logger';
import { until } from '@oml/service/wait';
import { keccak256 } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import type { TestHost } from '../../test-support/host.ts';
import { cleanModel, fund, PRICE, publishModel } from '../../test-support/market.ts';
import { startLicensedHost, startVerifierOnChain, type VerifierOnChain } from '../../test-support/verifier-on-chain.ts';
import { hostsOf } from '../chain/hosts.ts';
import { registryLogs } from '../chain/registry-logs.ts';
import { openVerifierStore } from '../store.ts';
import type { Verifier } from '../verifier.ts';
import { callRecordsIn } from './call-record.ts';
import { paidUse } from './paid-use.ts';
import { createPatrol } from './patrol.ts';

const quiet = Object.assign(createLogger('replicas-test'), { level: 'silent' });
const PATIENCE_MS = 280_000;
/** The first two hosts. */
const CHEATS = 2;
let chain: DevChain;
let place: StorePlace;
let on: VerifierOnChain;
let other: Verifier;
let hosts: { host: TestHost; licenseId: bigint }[];
/** Where both keep what they do. */
let url: string;

beforeAll(async () => {
  chain = await startDevChain();
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId } = await publishModel(chain, KEYS.OWNER, book, 'http://127.0.0.1:1');
  hosts = [];
  for (const key of [KEYS.HOST, KEYS.CHEAT, KEYS.CLEAN])
    hosts.push(await startLicensedHost(chain, key, modelId, cleanModel));
  for (const { host } of hosts.slice(0, CHEATS)) host.booking = 'never';
  await fund(chain, KEYS.VERIFIER, 100n);
  place = await openStorePlace('postgres');
  url = await place.create();
  on = await startVerifierOnChain(chain, { STORE: url });
  const isStaked = async () => (await on.verifier.app.request('/ready')).status === 200;
  await until('the stake', async () => (await isStaked()) || undefined, { timeoutMs: PATIENCE_MS });
  other = await on.replica();
  await other.start();
}, PATIENCE_MS);
afterAll(async () => {
  await Promise.all([on?.verifier.stop(), other?.stop()]);
  await Promise.all((hosts ?? []).map(({ host }) => host.stop()));
  await place?.stop();
  await chain?.stop();
});

it('two replicas on one PostgreSQL share audits, and one ends what the other leaves; all is sent once', async () => {
  const calls = 2;
  const ids = await Promise.all(
    hosts
      .slice(0, CHEATS)
      .map(({ licenseId }) => on.orderAudit({ kind: 'paid-use', licenseId: String(licenseId), calls })),
  );
  const isAnchored = async (id: string) => (await on.view(id)).steps.some(({ name }) => name === 'anchor');
  const anchored = async () => (await Promise.all(ids.map(isAnchored))).some(Boolean) || undefined;
  await until('an anchor', anchored, { timeoutMs: PATIENCE_MS });
  await on.verifier.stop();
  [on.verifier, other] = [other, await on.replica()];
  for (const id of ids)
    expect(await on.ended(id)).toMatchObject({ state: 'done', outcome: 'slashed', receipts: calls });
  const sent = [await on.payments(), await on.count('claimCourt', 'ClaimCommitted'), await on.claims()];
  expect(sent).toEqual([ids.length * calls, ids.length, ids.length]);
}, 600_000);

it('a patrol orders no audit once the budget of the day is bought', async () => {
  const store = await openVerifierStore({ STORE: url, DATA_DIR: '' });
  const calls = callRecordsIn(store);
  const { driver } = on.verifier;
  const bought = await calls.plannedSince(0, [paidUse]);
  expect(bought).toBe(4n * PRICE);
  expect(await calls.plannedSince(Date.now() + 1, [paidUse])).toBe(0n);
  const own = chain.as(KEYS.OUTSIDER);
  const logs = registryLogs(own);
  const hosts = hostsOf(own, logs, guardFor(chain.deployment, { timeoutMs: 5_000, maxBytes: 1 << 18 }));
  const patrol = (budget: bigint) => createPatrol({ chain: own, hosts, logs, driver, calls, budget, logger: quiet })();
  const ordered = async () => (await driver.runs.list([paidUse])).length;
  await patrol(bought);
  expect(await ordered()).toBe(CHEATS);
  await patrol(bought + 1n);
  expect(await ordered()).toBe(CHEATS + 1);
  await store.close();
});
