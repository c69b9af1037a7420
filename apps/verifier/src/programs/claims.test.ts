import { openStorePlace } from '@oml/program/test-support/stores';
import { claimIdOf, equivocationHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type Receipt } from '@oml/protocol/signed/receipt';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestClient, http, keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import type { TestHost } from '../../test-support/host.ts';
import { cleanModel, fund, PRICE, publishModel } from '../../test-support/market.ts';
import { runOml } from '../../test-support/oml-command.ts';
import { startLicensedHost, startVerifierOnChain, type VerifierOnChain } from '../../test-support/verifier-on-chain.ts';

const HOST = privateKeyToAccount(KEYS.HOST).address;
const CHEAT = privateKeyToAccount(KEYS.CHEAT).address;
const BOND = 150_000_000n;
let chain: DevChain;
let on: VerifierOnChain;
let hosts: Record<'forgetful' | 'cheat' | 'late', { host: TestHost; licenseId: bigint }>;

beforeAll(async () => {
  chain = await startDevChain();
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId } = await publishModel(chain, KEYS.OWNER, book, 'http://127.0.0.1:1');
  // One after another: what one costs depends on what others accepted meanwhile.
  const forgetful = await startLicensedHost(chain, KEYS.HOST, modelId, cleanModel);
  const cheat = await startLicensedHost(chain, KEYS.CHEAT, modelId, cleanModel);
  const late = await startLicensedHost(chain, KEYS.CLEAN, modelId, cleanModel);
  await fund(chain, KEYS.VERIFIER, 100n);
  hosts = { forgetful, cheat, late };
  on = await startVerifierOnChain(chain);
});

afterAll(async () => {
  await on?.verifier.stop();
  await Promise.all(Object.values(hosts ?? {}).map(({ host }) => host.stop()));
  await chain?.stop();
});

const digestOf = (receipt: Receipt) => {
  const { chainId, contracts } = chain.deployment;
  return receiptDigest(receipt, { chainId, court: contracts.claimCourt });
};
const counts = async () => ({
  payments: await on.payments(),
  commits: await on.count('claimCourt', 'ClaimCommitted'),
  claims: await on.claims(),
  ends: await on.count('claimCourt', 'ClaimFinalised'),
});

interface HostAudit {
  checks: { check: string; holds: boolean | null }[];
  cost: string;
  receipts: object[];
  anchorRoot: string | null;
  next: string[];
}

it('anybody audits a host with `oml host audit`, without a stake, and hears what does not hold and what to do', async () => {
  const { host, licenseId } = hosts.late;
  const keyFile = join(chain.scratch, 'anybody.key');
  writeFileSync(keyFile, KEYS.OUTSIDER, { mode: 0o600 });
  await fund(chain, KEYS.OUTSIDER, 1n);
  const where = ['--rpc', chain.rpcUrl, '--deployment', chain.deploymentPath, '--json'];
  const audit = async (...more: string[]) => {
    const { code, out } = await runOml(chain, 'host', 'audit', String(licenseId), ...where, ...more);
    const { checks, ...told } = JSON.parse(out) as HostAudit;
    return { code, ...told, ...Object.fromEntries(checks.map(({ check, holds }) => [check, holds])) };
  };
  const before = await on.payments();
  const sound = { license: true, listing: true, price: true };
  expect(await audit('--dry-run')).toMatchObject({ code: 0, ...sound, cost: String(2n * PRICE), receipts: [] });
  expect(await on.payments()).toBe(before);
  const paying = ['--key-file', keyFile];
  const good = await audit(...paying);
  expect(good).toMatchObject({ code: 0, ...sound, signed: true, booked: true, cost: String(2n * PRICE), next: [] });
  const file = join(chain.scratch, 'audit.json');
  writeFileSync(file, JSON.stringify(good));
  const own = ['--claimant', chain.as(KEYS.OUTSIDER).account!.address, '--deployment', chain.deploymentPath];
  expect((await runOml(chain, 'evidence', 'check', file, ...own)).out).toContain('2 of 2 receipts hold up');
  host.booking = 'never';
  const soon = await audit(...paying, '--calls', '1', '--wait', '0');
  expect(soon).toMatchObject({ code: 0, signed: true, booked: null });
  expect(soon.next).toEqual([expect.stringContaining(`oml claim anchor ${soon.anchorRoot}`)]);
  host.reuses = true;
  const odd = await audit(...paying, '--calls', '1', '--wait', '0');
  expect(odd).toMatchObject({ code: 1, signed: false, booked: null, receipts: [] });
  expect(odd.next).toEqual([expect.stringMatching(/^oml report file --endpoint http\S+ --model-id 1 /)]);
  host.reuses = false;
  host.booking = 'prompt';
});

it('in shadow an audit finds the same, claims nothing, and spends nothing but its calls', async () => {
  const { host, licenseId } = hosts.forgetful;
  host.booking = 'never';
  const before = await counts();
  await on.restart({ SHADOW: 'true' });
  const order = { kind: 'paid-use', licenseId: String(licenseId), calls: 2 } as const;
  const audit = await on.ended(await on.orderAudit({ ...order, challenge: true }));
  expect(audit).toMatchObject({ state: 'done', outcome: 'inconclusive' });
  expect(audit.steps.at(-1)!.note).toBe('2 of 2 uses are not booked; in shadow nothing is claimed');
  expect(await counts()).toEqual({ ...before, payments: before.payments + 2 });
  expect(await on.bondOf(HOST)).toBe(BOND);
  await host.bookOne();
  await host.bookOne();
  await on.restart();
});

it('all that is not booked is claimed at once, without what is booked before the commitment, on PostgreSQL', async () => {
  const place = await openStorePlace('postgres');
  const { host, licenseId } = hosts.forgetful;
  host.booking = 'never';
  const before = await counts();
  const audit = await on.runDyingEverywhere(
    { kind: 'paid-use', licenseId: String(licenseId), calls: 4 },
    // One is booked when the audit looks, and another between that look and the commitment.
    { before: { check: () => host.bookOne(), commit: () => host.bookOne() }, env: { STORE: await place.create() } },
  );
  await place.stop();
  expect(audit).toMatchObject({ state: 'done', outcome: 'slashed', receipts: 2 });
  expect(audit.steps.find(({ name }) => name === 'check')!.note).toBe('3 of 4 uses are not booked');
  const claims = await on.unpaidUses();
  const { receipts, claimId, account } = claims.at(-1)!.args;
  expect([account, claimId]).toEqual([HOST, audit.claimId]);
  expect(receipts).toHaveLength(2);
  expect(claimId).toBe(claimIdOf(receipts.map(digestOf)));
  expect(await counts()).toEqual({
    payments: before.payments + 4,
    commits: before.commits + 1,
    claims: before.claims + 1,
    ends: before.ends + 1,
  });
  expect(await on.bondOf(HOST)).toBeLessThan(BOND);
});

it('two receipts on the same money are claimed though it is booked, also from an earlier audit', async () => {
  const { host, licenseId } = hosts.cheat;
  const request = { kind: 'paid-use', licenseId: String(licenseId), calls: 1 } as const;
  expect(await on.ended(await on.orderAudit(request))).toMatchObject({ outcome: 'paid' });
  host.reuses = true;
  const before = await counts();
  const audit = await on.runDyingEverywhere(request);
  expect(audit).toMatchObject({ state: 'done', outcome: 'slashed', receipts: 2 });
  const { receipts, claimId, account, use } = (await on.unpaidUses()).at(-1)!.args;
  expect([account, claimId, use.offence]).toEqual([CHEAT, audit.claimId, 3]);
  const [accused, witness] = receipts.map(digestOf);
  expect(accused! > witness!).toBe(true);
  expect(equivocationHash(accused!, witness!)).not.toBe(equivocationHash(witness!, accused!));
  expect(await counts()).toEqual({
    payments: before.payments + 1,
    commits: before.commits + 1,
    claims: before.claims + 1,
    ends: before.ends + 1,
  });
  expect(await on.bondOf(CHEAT)).toBeLessThan(BOND);
});

it('what the court would find too old is left out, and nothing is committed for it', async () => {
  const { host, licenseId } = hosts.late;
  host.booking = 'never';
  const before = await counts();
  const client = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
  const audit = await on.runDyingEverywhere(
    { kind: 'paid-use', licenseId: String(licenseId), calls: 2 },
    { before: { check: () => client.increaseTime({ seconds: 15 * 86_400 }).then(() => client.mine({ blocks: 1 })) } },
  );
  expect(audit).toMatchObject({ state: 'done', outcome: 'inconclusive' });
  expect(audit.steps.at(-1)!.note).toBe('the court takes 2 of the receipts no more');
  expect(await counts()).toEqual({ ...before, payments: before.payments + 2 });
});
