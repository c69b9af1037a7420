import { claimCourtAbi, devDollarAbi, licenseRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { Leases } from '@oml/program/leases';
import { openStorePlace } from '@oml/program/test-support/stores';
import type { AuditRequestJson } from '@oml/protocol/wire/audit';
import { createLogger } from '@oml/service/logger';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keccak256, stringToHex, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { startHost, type TestHost } from '../../test-support/host.ts';
import {
  cleanModel,
  fund,
  publishMarked,
  publishModel,
  takeLicense,
  type MarkedModel,
} from '../../test-support/market.ts';
import { readVerifierOptions } from '../options.ts';
import { createVerifier, type Verifier } from '../verifier.ts';

const HOST = privateKeyToAccount(KEYS.HOST).address;
const CHEAT = privateKeyToAccount(KEYS.CHEAT).address;
const CLEAN = privateKeyToAccount(KEYS.CLEAN).address;
const VERIFIER = privateKeyToAccount(KEYS.VERIFIER).address;
const TOKEN = 'a token for this test';
const signerOf = (name: string): Hex => keccak256(stringToHex(`${name} signer`));

const logger = createLogger('verifier-test');
logger.level = process.env['LOG_LEVEL'] ?? 'silent';
const dataDir = mkdtempSync(join(tmpdir(), 'verifier-'));
let chain: DevChain;
let verifier: Verifier;
let marked: MarkedModel;
let hosts: Record<'HOST' | 'CHEAT' | 'CLEAN', TestHost>;
let honestLicense: bigint;

const open = (more: Record<string, string> = {}) => {
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: dataDir,
    VERIFIER_KEY: KEYS.VERIFIER,
    SEALING_SEED: `0x${'77'.repeat(32)}`,
    OML_ADMIN_TOKEN: TOKEN,
    ...more,
  };
  return createVerifier(readVerifierOptions(env), chain.deployment, logger);
};
const order = (body: unknown, token = TOKEN) =>
  verifier.app.request('/audits', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
const orderAudit = async (body: AuditRequestJson): Promise<string> => {
  const answer = await order(body);
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
};

interface View {
  state: string;
  outcome?: string;
  claimId?: string;
  error?: unknown;
  steps: { name: string; tx?: Hex; note?: string }[];
  probes: { state: string; result?: string; isProbe?: boolean }[];
  evidence: { score: number; needed: number; items: number; hits: number } | null;
}
const view = async (id: string): Promise<View> => (await (await verifier.app.request(`/audits/${id}`)).json()) as View;
const ended = async (id: string, timeoutMs = 120_000): Promise<View> => {
  for (const endsAt = Date.now() + timeoutMs; Date.now() < endsAt; await sleep(300)) {
    const found = await view(id);
    if (found.state !== 'running') return found;
  }
  throw new Error(`audit did not end: ${JSON.stringify((await view(id)).steps)}`);
};
const bondOf = async (account: Address) =>
  (
    await chain.as(KEYS.OUTSIDER).publicClient.readContract({
      address: chain.deployment.contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'accountOf',
      args: [account],
    })
  ).bond;
const balance = () =>
  chain.as(KEYS.OUTSIDER).publicClient.readContract({
    address: chain.deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'balanceOf',
    args: [VERIFIER],
  });
const count = async (contract: 'claimCourt' | 'verifierRegistry' | 'token', eventName: string) => {
  const abi = { claimCourt: claimCourtAbi, verifierRegistry: verifierRegistryAbi, token: devDollarAbi }[contract];
  const logs = await chain.as(KEYS.OUTSIDER).publicClient.getContractEvents({
    address: chain.deployment.contracts[contract],
    abi: abi as typeof claimCourtAbi,
    eventName: eventName as 'ClaimCommitted',
    fromBlock: 0n,
  });
  return logs.length;
};
const claims = async () =>
  (await count('claimCourt', 'UnpaidUseClaimed')) + (await count('claimCourt', 'DisguisedUseClaimed'));
const payments = () => count('token', 'AuthorizationUsed');

/** Runs an audit so that the process dies once after every step did its work and before that was written down. */
async function runDyingEverywhere(request: AuditRequestJson, more: Record<string, string> = {}): Promise<View> {
  await verifier.stop();
  const { apply, take } = Leases.prototype;
  const died = new Set<string>();
  let isKilled = false;
  Leases.prototype.take = async () => []; // the background loop stands still: this test does the steps itself
  Leases.prototype.apply = function (run, result) {
    if (result.to === 'wait' || died.has(run.at.step)) return apply.call(this, run, result);
    died.add(run.at.step);
    isKilled = true;
    throw new Error('killed');
  };
  try {
    verifier = await open(more);
    const id = await orderAudit(request);
    while ((await view(id)).state === 'running') {
      await verifier.driver.advance(id);
      if (isKilled) {
        await verifier.stop();
        verifier = await open(more);
        isKilled = false;
      }
      await sleep(300);
    }
    expect([...died]).toEqual(
      expect.arrayContaining(['discover', 'ask', 'anchor', 'age', 'commit', 'reveal', 'window', 'finalise']),
    );
    return await view(id);
  } finally {
    Object.assign(Leases.prototype, { apply, take });
    await verifier.stop();
    verifier = await open();
    await verifier.start();
  }
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
  const gas = chain.as(KEYS.GAS);
  const setUp = async (name: keyof typeof hosts, account: Address, modelId: bigint, weights: Uint8Array) => {
    const host = await startHost(chain, account, signerOf(name), gas);
    const license = await takeLicense(
      chain,
      { host: KEYS[name], signer: signerOf(name), owner: KEYS.OWNER },
      modelId,
      host.url,
    );
    await host.serve({ model: 'fable-mini', modelId, weights, ...license });
    return { host, licenseId: license.licenseId };
  };
  const [honest, cheat, clean] = await Promise.all([
    setUp('HOST', HOST, marked.modelId, marked.marked),
    setUp('CHEAT', CHEAT, cheap.modelId, marked.marked),
    setUp('CLEAN', CLEAN, cheap.modelId, cleanModel),
    fund(chain, KEYS.VERIFIER, 100n),
  ]);
  hosts = { HOST: honest.host, CHEAT: cheat.host, CLEAN: clean.host };
  honestLicense = honest.licenseId;
  verifier = await open();
  await verifier.start();
}, 300_000);

afterAll(async () => {
  await verifier?.stop();
  await Promise.all(Object.values(hosts ?? {}).map((host) => host.stop()));
  marked?.publisher.stop();
  chain?.stop();
});

describe('a verifier', () => {
  it('stakes when it starts', async () => {
    for (
      let i = 0;
      i < 50 && !((await (await verifier.app.request('/status')).json()) as { staked: boolean }).staked;
      i++
    )
      await sleep(300);
    expect(await (await verifier.app.request('/status')).json()).toMatchObject({
      address: VERIFIER,
      staked: true,
      stake: '20000000',
    });
    expect((await verifier.app.request('/ready')).status).toBe(200);
  }, 30_000);

  it('takes orders with the admin token only', async () => {
    expect((await order({ kind: 'paid-use', licenseId: '1' }, 'another token')).status).toBe(401);
    expect(await (await order({ kind: 'nothing' })).json()).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await verifier.app.request('/audits/none')).status).toBe(404);
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
    expect(await ended(await orderAudit({ kind: 'paid-use', licenseId: '999' }))).toMatchObject({
      state: 'failed',
      error: { code: 'NOT_FOUND' },
    });
    expect(await payments()).toBe(0);
  }, 30_000);
});

describe('an audit of paid use', () => {
  it('says paid where every use is booked, and pays once for an answer that was lost on the way', async () => {
    hosts.HOST.lost = 2;
    const audit = await ended(await orderAudit({ kind: 'paid-use', licenseId: String(honestLicense), calls: 2 }));
    expect(audit).toMatchObject({ state: 'done', outcome: 'paid' });
    expect(audit.claimId).toBeUndefined();
    expect(await payments()).toBe(2);
  }, 120_000);

  it('that challenges has the court refuse the claim on chain', async () => {
    const audit = await ended(
      await orderAudit({ kind: 'paid-use', licenseId: String(honestLicense), calls: 1, challenge: true }),
    );
    expect(audit).toMatchObject({ state: 'done', outcome: 'paid' });
    const last = audit.steps.findLast(({ tx }) => tx)!;
    expect(last.note).toContain('ClaimCourt_AlreadyBooked');
    expect((await chain.as(KEYS.OUTSIDER).publicClient.getTransactionReceipt({ hash: last.tx! })).status).toBe(
      'reverted',
    );
    expect(await bondOf(HOST)).toBe(150_000_000n);
  }, 120_000);

  it('takes the late fee from a host that books only when contested', async () => {
    hosts.HOST.booking = 'contested';
    const audit = await ended(await orderAudit({ kind: 'paid-use', licenseId: String(honestLicense), calls: 1 }));
    expect(audit).toMatchObject({ state: 'done', outcome: 'paid-late', claimId: expect.any(String) });
    expect(await bondOf(HOST)).toBe(142_500_000n);
  }, 120_000);

  it('that dies after every step pays, claims and slashes once', async () => {
    hosts.HOST.booking = 'never';
    const before = {
      payments: await payments(),
      claims: await claims(),
      commits: await count('claimCourt', 'ClaimCommitted'),
    };
    const audit = await runDyingEverywhere({ kind: 'paid-use', licenseId: String(honestLicense), calls: 2 });
    expect(audit).toMatchObject({ state: 'done', outcome: 'slashed' });
    expect(await payments()).toBe(before.payments + 2);
    expect(await claims()).toBe(before.claims + 1);
    expect(await count('claimCourt', 'ClaimCommitted')).toBe(before.commits + 1);
    expect(await bondOf(HOST)).toBeLessThan(142_500_000n);
    hosts.HOST.booking = 'prompt';
  }, 240_000);
});

describe('an audit of disguised use', () => {
  it('spends nothing on an account that serves nothing else', async () => {
    const before = await payments();
    expect(
      await ended(await orderAudit({ kind: 'disguise', account: HOST, modelId: String(marked.modelId) })),
    ).toMatchObject({ outcome: 'inconclusive' });
    expect(await payments()).toBe(before);
    expect(await count('verifierRegistry', 'BatchCommitted')).toBe(0);
  }, 60_000);

  it('of a clean host is inconclusive, and its deposit comes back', async () => {
    const before = await balance();
    const audit = await ended(await orderAudit({ kind: 'disguise', account: CLEAN, modelId: String(marked.modelId) }));
    expect(audit).toMatchObject({ state: 'done', outcome: 'inconclusive' });
    expect(audit.evidence!.score).toBeLessThan(0);
    const paid = 1000n * BigInt(audit.probes.length);
    expect(await balance()).toBeGreaterThanOrEqual(before - paid);
    expect(await count('verifierRegistry', 'BatchOpened')).toBe(1);
  }, 180_000);

  it('that dies after every step slashes the cheat, and pays, commits and claims once, on PostgreSQL', async () => {
    const place = await openStorePlace('postgres');
    const before = { payments: await payments(), bond: await bondOf(CHEAT), claims: await claims() };
    const request = { kind: 'disguise' as const, account: CHEAT, modelId: String(marked.modelId) };
    const audit = await runDyingEverywhere(request, { STORE: await place.create() });
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
    expect(await bondOf(CHEAT)).toBe(before.bond - claim.reach);
    expect(await payments()).toBe(before.payments + audit.probes.length);
    expect(hosts.CHEAT.settled).toBe(audit.probes.length);
    expect(await count('verifierRegistry', 'BatchCommitted')).toBe(2);
    expect(await claims()).toBe(before.claims + 1);
    expect(audit.probes.some(({ isProbe }) => !isProbe)).toBe(true);
  }, 300_000);
});

describe('a verifier on patrol', () => {
  it('orders audits of every active license in turn, unasked', async () => {
    const known = ((await (await verifier.app.request('/audits')).json()) as { audits: unknown[] }).audits.length;
    await verifier.stop();
    verifier = await open({ AUDIT_EVERY_SECONDS: '1' });
    await verifier.start();
    const ordered = async () =>
      (
        (await (await verifier.app.request('/audits')).json()) as { audits: { target: { licenseId?: string } }[] }
      ).audits.slice(0, -known);
    for (let i = 0; i < 100 && (await ordered()).length < 3; i++) await sleep(200);
    expect((await ordered()).map(({ target }) => target.licenseId).toSorted()).toEqual(['1', '2', '3']);
  }, 60_000);
});
