import { claimCourtAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { openStorePlace } from '@oml/program/test-support/stores';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { checkDisguise } from '@oml/protocol/evidence/check-disguise';
import { disguiseBundleSchema } from '@oml/protocol/wire/disguise-bundle';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keccak256, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { dieAfterEveryStep, stepsOf } from '../../test-support/die-after-every-step.ts';
import type { TestHost } from '../../test-support/host.ts';
import { runOml } from '../../test-support/oml-command.ts';
import { tamperedOnce } from '../../test-support/tampered.ts';
import { cleanModel, fund, publishMarked, publishModel, type MarkedModel } from '../../test-support/market.ts';
import {
  OPERATOR,
  startLicensedHost,
  startVerifierOnChain,
  type VerifierOnChain,
} from '../../test-support/verifier-on-chain.ts';
import { readVerifierOptions } from '../options.ts';

const HOST = privateKeyToAccount(KEYS.HOST).address;
const CHEAT = privateKeyToAccount(KEYS.CHEAT).address;
const CLEAN = privateKeyToAccount(KEYS.CLEAN).address;
const VERIFIER = privateKeyToAccount(KEYS.VERIFIER).address;

const STEPS_OF_A_BATCH = ['discover', 'plan', 'fund', 'batch', 'draw', 'grant', 'ask', 'anchor', 'weigh', 'open'];
/** What happens by the clock of a program. */
const UNHURRIED = { timeout: 120_000, interval: 200 };

let chain: DevChain;
let on: VerifierOnChain;
let marked: MarkedModel;
let hosts: Record<'HOST' | 'CHEAT' | 'CLEAN', TestHost>;
let honestLicense: bigint;
/** What anybody is shown of the cheat. */
let shown: unknown;

/** A slash may have suspended the others. */
async function activeLicenses(): Promise<string[]> {
  const { publicClient, deployment } = chain.as(KEYS.OUTSIDER);
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const states = await Promise.all(
    [1n, 2n, 3n].map((id) => publicClient.readContract({ ...registry, functionName: 'license', args: [id] })),
  );
  return states.flatMap(({ state }, at) => (state === LICENSE_STATE.ACTIVE ? [String(at + 1)] : []));
}

beforeAll(async () => {
  chain = await startDevChain();
  marked = await publishMarked(chain, KEYS.OWNER);
  const cheap = await publishModel(
    chain,
    KEYS.OWNER,
    { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 },
    marked.publisher.url,
  );
  // One after another: what one costs depends on what others accepted meanwhile.
  const honest = await startLicensedHost(chain, KEYS.HOST, marked.modelId, marked.marked);
  const cheat = await startLicensedHost(chain, KEYS.CHEAT, cheap.modelId, marked.marked);
  const clean = await startLicensedHost(chain, KEYS.CLEAN, cheap.modelId, cleanModel);
  await fund(chain, KEYS.VERIFIER, 100n);
  hosts = { HOST: honest.host, CHEAT: cheat.host, CLEAN: clean.host };
  honestLicense = honest.licenseId;
  on = await startVerifierOnChain(chain);
});

afterAll(async () => {
  await on?.verifier.stop();
  await Promise.all(Object.values(hosts ?? {}).map((host) => host.stop()));
  marked?.publisher.stop();
  chain?.stop();
});

describe('a verifier', () => {
  it('stakes when it starts', async () => {
    const status = async () => (await (await on.verifier.app.request('/status')).json()) as { staked: boolean };
    await vi.waitFor(async () => expect(await status()).toMatchObject({ staked: true }), UNHURRIED);
    expect(await status()).toMatchObject({
      address: VERIFIER,
      staked: true,
      stake: '20000000',
    });
    expect((await on.verifier.app.request('/ready')).status).toBe(200);
  });

  it('takes orders with the admin token only', async () => {
    expect((await on.order({ kind: 'paid-use', licenseId: '1' }, 'another token')).status).toBe(401);
    expect(await (await on.order({ kind: 'nothing' })).json()).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await on.verifier.app.request('/audits/none')).status).toBe(404);
  });

  it('names what its environment lacks', () => {
    expect(() => readVerifierOptions({ PORT: '1' })).toThrow(
      expect.objectContaining({
        code: 'ENV_MISSING',
        details: { missing: expect.arrayContaining(['VERIFIER_KEY', 'SEALING_SEED', 'OML_ADMIN_TOKEN']) },
      }),
    );
  });

  it('fails an audit of a license that does not exist, without spending', async () => {
    expect(await on.ended(await on.orderAudit({ kind: 'paid-use', licenseId: '999' }))).toMatchObject({
      state: 'failed',
      error: { code: 'NOT_FOUND' },
    });
    expect(await on.payments()).toBe(0);
  });
});

describe('an audit of paid use', () => {
  it('says paid where every use is booked, and pays once for an answer that was lost on the way', async () => {
    hosts.HOST.lost = 2;
    const audit = await on.ended(await on.orderAudit({ kind: 'paid-use', licenseId: String(honestLicense), calls: 2 }));
    expect(audit).toMatchObject({ state: 'done', outcome: 'paid' });
    expect(audit.claimId).toBeUndefined();
    expect(await on.payments()).toBe(2);
  });

  it('that challenges has the court refuse the claim on chain', async () => {
    const audit = await on.ended(
      await on.orderAudit({ kind: 'paid-use', licenseId: String(honestLicense), calls: 1, challenge: true }),
    );
    expect(audit).toMatchObject({ state: 'done', outcome: 'paid' });
    const last = audit.steps.findLast(({ tx }) => tx)!;
    expect(last.note).toContain('ClaimCourt_AlreadyBooked');
    expect((await chain.as(KEYS.OUTSIDER).publicClient.getTransactionReceipt({ hash: last.tx! })).status).toBe(
      'reverted',
    );
    expect(await on.bondOf(HOST)).toBe(150_000_000n);
  });

  it('takes the late fee from a host that books only when contested', async () => {
    hosts.HOST.booking = 'contested';
    const audit = await on.ended(await on.orderAudit({ kind: 'paid-use', licenseId: String(honestLicense), calls: 1 }));
    expect(audit).toMatchObject({ state: 'done', outcome: 'paid-late', claimId: expect.any(String) });
    expect(await on.bondOf(HOST)).toBe(149_500_000n); // a claim's cost: more than a hundred times the amount
  });

  it('that dies after every step pays, claims and slashes once', async () => {
    hosts.HOST.booking = 'never';
    const before = {
      payments: await on.payments(),
      claims: await on.claims(),
      commits: await on.count('claimCourt', 'ClaimCommitted'),
    };
    const audit = await on.runDyingEverywhere({ kind: 'paid-use', licenseId: String(honestLicense), calls: 2 });
    expect(audit).toMatchObject({ state: 'done', outcome: 'slashed' });
    expect(await on.payments()).toBe(before.payments + 2);
    expect(await on.claims()).toBe(before.claims + 1);
    expect(await on.count('claimCourt', 'ClaimCommitted')).toBe(before.commits + 1);
    expect(await on.bondOf(HOST)).toBeLessThan(149_500_000n);
    hosts.HOST.booking = 'prompt';
  });
});

describe('an audit of disguised use', () => {
  it('spends nothing on an account that serves nothing else', async () => {
    const before = await on.payments();
    expect(
      await on.ended(await on.orderAudit({ kind: 'disguise', account: HOST, modelId: String(marked.modelId) })),
    ).toMatchObject({ outcome: 'inconclusive' });
    expect(await on.payments()).toBe(before);
    expect(await on.count('verifierRegistry', 'BatchCommitted')).toBe(0);
  });

  it('of a clean host is inconclusive, pays once though it dies everywhere, and all that is left comes back', async () => {
    await on.sweep(VERIFIER);
    const before = await on.balance();
    const dying = dieAfterEveryStep();
    const audit = await on.ended(
      await on.orderAudit({ kind: 'disguise', account: CLEAN, modelId: String(marked.modelId) }),
    );
    expect(stepsOf(dying.end())).toEqual(STEPS_OF_A_BATCH);
    expect(audit).toMatchObject({ state: 'done', outcome: 'inconclusive' });
    expect(audit.evidence!.score).toBeLessThan(0);
    const paid = 1000n * BigInt(audit.probes.length);
    expect(await on.balance()).toBeLessThan(before - paid);
    expect((await on.sweep(VERIFIER)).tokens).toBeGreaterThan(0n);
    expect(await on.balance()).toBe(before - paid);
    expect(await on.sweep(VERIFIER)).toEqual({ tokens: 0n, inChannels: 0n, accounts: 0 });
    expect(await on.count('verifierRegistry', 'BatchOpened')).toBe(1);
  });

  it('that dies after every step slashes the cheat, and pays, commits and claims once, on PostgreSQL', async () => {
    const place = await openStorePlace('postgres');
    const before = { payments: await on.payments(), bond: await on.bondOf(CHEAT), claims: await on.claims() };
    const request = { kind: 'disguise' as const, account: CHEAT, modelId: String(marked.modelId) };
    const audit = await on.runDyingEverywhere(request, { env: { STORE: await place.create() } });
    await place.stop();
    expect(audit).toMatchObject({ state: 'done', outcome: 'slashed' });
    expect(audit.evidence!.score).toBeGreaterThanOrEqual(audit.evidence!.needed);
    const claim = await chain.as(KEYS.OUTSIDER).publicClient.readContract({
      address: chain.deployment.contracts.claimCourt,
      abi: claimCourtAbi,
      functionName: 'claim',
      args: [audit.claimId! as Hex],
    });
    expect(claim).toMatchObject({ offence: 2, state: 3 });
    expect(await on.bondOf(CHEAT)).toBe(before.bond - claim.reach);
    expect(await on.payments()).toBe(before.payments + audit.probes.length);
    expect(hosts.CHEAT.settled).toBe(audit.probes.length);
    expect(await on.count('verifierRegistry', 'BatchCommitted')).toBe(2);
    expect(await on.claims()).toBe(before.claims + 1);
    expect(audit.probes.some(({ isProbe }) => !isProbe)).toBe(true);
    shown = audit.shown;
  }, 600_000);

  it('shows what it found, for anybody to check without a network, and no member of it can be another', async () => {
    const { chainId, contracts } = chain.deployment;
    const check = async (document: unknown) => {
      const { data } = disguiseBundleSchema.safeParse(document);
      return data && checkDisguise(data, { chainId, court: contracts.claimCourt });
    };
    const checked = (await check(shown))!;
    expect(checked).toMatchObject({ account: CHEAT, modelId: marked.modelId, holds: true, faults: [] });
    expect(checked.score).toBeGreaterThanOrEqual(checked.needed);
    // Of hits the first and the last: those between are as they are.
    const isOnce = ({ path }: { path: string }) =>
      !/^hits\.[1-9]/.test(path) || path.startsWith(`hits.${checked.hits.length - 1}.`);
    const tampered = [...tamperedOnce(shown)].filter(isOnce);
    expect(tampered.length).toBeGreaterThan(60);
    for (const { path, document } of tampered) expect((await check(document))?.holds, path).not.toBe(true);
  });

  it('is checked by a stranger with `oml evidence check`, who may ask the chain as well', async () => {
    const file = join(chain.scratch, 'shown.json');
    const oml = (...more: string[]) =>
      runOml(chain, 'evidence', 'check', file, '--deployment', chain.deploymentPath, ...more);
    writeFileSync(file, JSON.stringify(shown));
    const offline = await oml();
    expect(offline).toMatchObject({ code: 0, err: '' });
    expect(offline.out).toMatch(/Taken as said, .*the draw of the batch.*\nIt holds up\.\n$/s);
    const asked = await oml('--rpc', chain.rpcUrl, '--json');
    const { chain: facts, holds } = JSON.parse(asked.out) as {
      chain: { fact: string; holds: boolean }[];
      holds: boolean;
    };
    expect([asked.code, holds, facts.length, facts.filter((fact) => !fact.holds)]).toEqual([0, true, 6, []]);
    // Consistent in itself, and not what the chain says.
    const lie = shown as { chain: { batch: { number: string } } };
    writeFileSync(
      file,
      JSON.stringify({
        ...lie,
        chain: { ...lie.chain, batch: { ...lie.chain.batch, number: '1' } },
        needed: (shown as { needed: number }).needed - 1,
      }),
    );
    expect((await oml()).code).toBe(0);
    const caught = await oml('--rpc', chain.rpcUrl);
    expect(caught.code).toBe(1);
    expect(caught.out).toMatch(/On chain, the draw of the batch: no: it is number 2/);
  });
});

describe('a verifier on patrol', () => {
  it('orders audits of every active license in turn, unasked', async () => {
    const known = (
      (await (await on.verifier.app.request('/audits', { headers: OPERATOR })).json()) as { audits: unknown[] }
    ).audits.length;
    await on.restart({ AUDIT_EVERY_SECONDS: '1' });
    const ordered = async () =>
      (
        (await (await on.verifier.app.request('/audits', { headers: OPERATOR })).json()) as {
          audits: { target: { licenseId?: string } }[];
        }
      ).audits.slice(0, -known);
    const active = await activeLicenses();
    expect(active.length).toBeGreaterThan(1);
    await vi.waitFor(async () => expect((await ordered()).length).toBeGreaterThanOrEqual(active.length), UNHURRIED);
    const first = (await ordered()).slice(-active.length); // newest first
    expect(first.map(({ target }) => target.licenseId).toSorted()).toEqual(active);
  });
});
