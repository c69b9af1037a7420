import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { codeBookTree } from '@oml/protocol/evidence/code-book';
import { approvalChoiceTypedData } from '@oml/protocol/signed/approval-choice';
import { releaseOrderTypedData } from '@oml/protocol/signed/release-order';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { ReleaseOrderJson } from '@oml/protocol/wire/release-order';
import { until } from '@oml/service/wait';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, HOST, KEYS, OUTSIDER, OWNER, VERIFIER } from '../test-support/actors.ts';
import { classifierInput } from '../test-support/digits.ts';
import { commitBatch, drawBatch, openBatch, openingOf, stakeVerifier } from '../test-support/batch.ts';
import { acceptAsHost, activateAsHost, bondHost, fetchAsHost, licenseOf } from '../test-support/licensee.ts';
import { servePublisherOnChain, type ServedPublisher } from '../test-support/owner-command.ts';
import { PATIENCE_MS, PUBLIC_URL, SEED, TERMS } from '../test-support/publisher-on-chain.ts';
import { Blobs } from './files/blobs.ts';
import { folderFiles } from './files/folder-files.ts';
import { ownerSecret } from './files/owner-secret.ts';
import { MintedModels } from './programs/minted-models.ts';
import { Releases } from './programs/release.ts';
import { openPublisherStore } from './store.ts';

const SUSPENDED_AS_OUTDATED = 7;

let on: ServedPublisher;
let modelId: bigint;
let licenseId: bigint;
let later: bigint;
let order: string;
const PRICE = 1_000_000n;
const own = { price: String(PRICE), periodSeconds: 86_400 };
const CHANGES = { demo: true, terms: { ...TERMS, approval: true, private: own } };
beforeAll(async () => {
  on = await servePublisherOnChain();
  order = join(on.chain.scratch, 'release-2.json');
  modelId = await on.publish(CHANGES);
  await bondHost(on);
  licenseId = await acceptAsHost(on, modelId);
  await say('approve', licenseId);
  await fetchAsHost(on, licenseId);
  await activateAsHost(on, licenseId);
}, PATIENCE_MS);
afterAll(() => on?.stop());

const registry = () => {
  const { chainId, contracts } = on.chain.deployment;
  return { chainId, modelRegistry: contracts.modelRegistry };
};
const chain = () => on.chain.as(KEYS.OUTSIDER).publicClient;

async function send(changes: Partial<ReleaseOrderJson>, signer = OWNER, of = modelId): Promise<string | number> {
  const body = { modelId: String(modelId), after: 1, graceSeconds: 3_600, owner: signer.address, ...changes };
  const signature = await signer.signTypedData(releaseOrderTypedData(body, registry()));
  const init = { method: 'POST', headers: { [HEADERS.signature]: signature }, body: JSON.stringify(body) };
  const answer = await on.publisher.app.request(`/models/${of}/releases`, init);
  return ((await answer.json()) as { code?: string }).code ?? answer.status;
}

/** The owner's own command. */
const release = (...args: string[]) => on.say('release.ts', '--model-id', String(modelId), ...args);

/** The owner's word on who asks. */
const say = async (word: 'approve' | 'decline', id: bigint) =>
  JSON.parse(await on.say('licensee.ts', '--json', '--license', String(id), word)) as { state: string }[];
const waiting = async () =>
  JSON.parse(await on.say('licensee.ts', '--json', '--model-id', String(modelId), 'list')) as { licenseId: string }[];

describe('who asks for a license that the owner approves', { timeout: PATIENCE_MS }, () => {
  it('waits for its word, and gets back what it paid where that is no', async () => {
    const { token, licenseRegistry } = on.chain.deployment.contracts;
    const dollars = { address: token, abi: devDollarAbi } as const;
    const host = on.chain.as(KEYS.HOST);
    await host.send({ ...dollars, functionName: 'mint', args: [HOST.address, PRICE] });
    await host.send({ ...dollars, functionName: 'approve', args: [licenseRegistry, PRICE] });
    const asked = await acceptAsHost(on, modelId, { kind: TERMS_KIND.PRIVATE });
    const balance = () => chain().readContract({ ...dollars, functionName: 'balanceOf', args: [HOST.address] });
    expect(await balance()).toBe(0n);
    const request = { licenseId: String(asked), account: HOST.address, kind: TERMS_KIND.PRIVATE };
    await until('the request', async () => (await waiting()).length > 0 || undefined, { timeoutMs: PATIENCE_MS });
    expect(await waiting()).toEqual([{ ...request, state: 'waiting' }]);
    expect(await approve(asked, OUTSIDER)).toBe('UNAUTHORIZED');
    expect(await say('decline', asked)).toEqual([{ ...request, state: 'declined' }]);
    expect(await balance()).toBe(PRICE);
    expect(await waiting()).toEqual([]);
    expect(await approve(asked)).toBe('CONFLICT');
    expect(await approve(asked + 9n)).toBe('NOT_FOUND');
    expect(await say('approve', licenseId)).toMatchObject([{ state: 'approved' }]);
  });

  async function approve(id: bigint, signer = OWNER): Promise<string | undefined> {
    const askedAt = Math.floor(Date.now() / 1000);
    const choice = approvalChoiceTypedData({ licenseId: id, approved: true, askedAt: BigInt(askedAt) }, registry());
    const headers = { [HEADERS.signature]: await signer.signTypedData(choice) };
    const init = { method: 'PUT', headers, body: JSON.stringify({ approved: true, askedAt }) };
    const answer = await on.publisher.app.request(`/licenses/${id}/approval`, init);
    return ((await answer.json()) as { code?: string }).code;
  }
});

describe('the order of a release', { timeout: PATIENCE_MS }, () => {
  it('is refused of anybody but the owner, of another model or release, and with too short a grace', async () => {
    expect(await send({}, OUTSIDER)).toBe('UNAUTHORIZED');
    expect(await send({ owner: OWNER.address }, OUTSIDER)).toBe('UNAUTHORIZED');
    expect(await send({}, OWNER, modelId + 1n)).toBe('REQUEST_INVALID');
    expect(await send({ after: 2 })).toBe('NOT_FOUND');
    expect(await send({ graceSeconds: 1 })).toBe('REQUEST_INVALID');
    expect(await send({ panel: ['ab'.repeat(32)] })).toBe('NOT_FOUND');
    expect(await send({ name: 'x' } as never)).toBe('REQUEST_INVALID');
  });

  it('is one command: a fresh book on chain, a new edition for every licensee, and the old one good in its grace', async () => {
    const before = await fetchAsHost(on, licenseId);
    expect(JSON.parse(await release('--json', '--keep', order))).toMatchObject({
      modelId: String(modelId),
      release: 2,
      report: { verified: 1, plan: { survival: 0, catches: null, minBond: '50000000' } },
    });
    const { modelRegistry: address, licenseRegistry } = on.chain.deployment.contracts;
    const books = await Promise.all(
      [1, 2].map((number) =>
        chain().readContract({ address, abi: modelRegistryAbi, functionName: 'codeBookOf', args: [modelId, number] }),
      ),
    );
    expect(books[0]![0]).not.toBe(books[1]![0]);
    expect(books[1]![2]).toBe(12);
    const after = await fetchAsHost(on, licenseId, 2);
    const license = await licenseOf(on, licenseId);
    expect(license).toMatchObject({ state: 4, delivered: 2, activated: 1, editionRoot: after.editionRoot });
    expect(after.editionRoot).not.toBe(before.editionRoot);
    const suspension = () =>
      chain().readContract({
        address: licenseRegistry,
        abi: licenseRegistryAbi,
        functionName: 'suspensionOf',
        args: [licenseId],
      });
    const ended = async () => (await chain().getBlock()).timestamp >= BigInt(license.activateBy) || undefined;
    if (!(await ended())) expect(await suspension()).toBe(0);
    await until('the end of the grace', ended, { timeoutMs: PATIENCE_MS });
    expect(await suspension()).toBe(SUSPENDED_AS_OUTDATED);
    await activateAsHost(on, licenseId);
    expect(await suspension()).toBe(0);
    expect(await licenseOf(on, licenseId)).toMatchObject({ state: 4, delivered: 2, activated: 2 });
  });

  it('that was carried out is not carried out again; the model shows its latest release, with a demo of it', async () => {
    const events = () => on.events(modelRegistryAbi, on.chain.deployment.contracts.modelRegistry, 'ModelReleased');
    expect(await send(JSON.parse(readFileSync(order, 'utf8')) as ReleaseOrderJson)).toBe(202);
    expect(await send({ graceSeconds: 4_000 })).toBe('CONFLICT');
    await on.restart();
    on.publisher.start();
    expect(await events()).toHaveLength(2);
    const model = await on.publisher.app.request(`/models/${modelId}`);
    expect(await model.json()).toMatchObject({ release: 2, demo: true, name: 'digits' });
    expect((await on.publisher.app.request(`/models/${modelId}/demo`)).status).toBe(200);
    expect(await release('--plan')).toMatch(/^Release 2: .* 0 of 12 common keys were asked/);
  });

  it('leaves whoever takes a license later with the latest release alone', async () => {
    await bondHost(on, KEYS.VERIFIER);
    later = await acceptAsHost(on, modelId, { key: KEYS.VERIFIER });
    await say('approve', later);
    const { editionRoot } = await fetchAsHost(on, later, 2);
    expect(await licenseOf(on, later)).toMatchObject({ state: 3, delivered: 2, editionRoot });
  });
});

describe('a publisher whose disk is lost', { timeout: PATIENCE_MS }, () => {
  const sent = () => chain().getTransactionCount({ address: AGENT.address });
  let first: string;
  let files: string;
  let word: string;

  /** The operator's own command, on an empty disk. */
  async function restore(options: { OWNER_SECRET?: string; DATA_DIR?: string; dir?: string } = {}): Promise<string> {
    const { dir = files, ...others } = options;
    const { rpcUrl: RPC_URL, deploymentPath: OML_DEPLOYMENT } = on.chain;
    const where = { RPC_URL, OML_DEPLOYMENT, DATA_DIR: join(on.chain.scratch, 'publisher') };
    const keys = { OWNER_SECRET: SEED, AGENT_KEY: KEYS.AGENT, OWNERS: OWNER.address, PUBLIC_URL, PORT: '0' };
    const command = [
      join(import.meta.dirname, 'restore.ts'),
      '--json',
      '--dir',
      dir,
      '--order',
      first,
      '--order',
      order,
      '--word',
      word,
    ];
    const env = { ...process.env, LOG_LEVEL: 'silent', ...where, ...keys, ...others };
    return (await promisify(execFile)(process.execPath, command, { env })).stdout;
  }
  const codeBooks = async () => {
    const { contracts } = on.chain.deployment;
    const book = { address: contracts.modelRegistry, abi: modelRegistryAbi, functionName: 'codeBookOf' } as const;
    const store = await openPublisherStore(join(on.chain.scratch, 'publisher/publisher.sqlite'));
    const blobs = new Blobs(folderFiles(join(on.chain.scratch, 'publisher/blobs')), ownerSecret(SEED));
    const releases = new Releases(new MintedModels(store), blobs);
    const roots: boolean[] = [];
    for (const release of [1, 2]) {
      const { leaves, answers, decoys } = await releases.open(modelId, release);
      const [root, beacon] = await chain().readContract({ ...book, args: [modelId, release] });
      const proven = leaves.map((leaf, i) => leaf.candidates[answerIndex({ root, beacon }, leaf)] === answers[i]);
      roots.push(codeBookTree(leaves).root === root && proven.every(Boolean) && decoys.length > 0);
    }
    await store.close();
    return roots;
  };

  beforeAll(async () => {
    const { samples: _, ...parts } = classifierInput;
    files = join(on.chain.scratch, 'owners-files');
    mkdirSync(files);
    for (const [name, bytes] of Object.entries(parts)) writeFileSync(join(files, `${name}.bin`), bytes);
    first = join(on.chain.scratch, 'order.json');
    writeFileSync(first, JSON.stringify({ ...(await on.request()), ...CHANGES }));
    word = join(on.chain.scratch, 'word.json');
    await on.say('recipients.ts', '--model-id', String(modelId), '--keep', word, 'only', VERIFIER.address);
    const opening = openingOf({ modelId, release: 2 });
    await stakeVerifier(on);
    await drawBatch(on, await commitBatch(on, opening));
    await openBatch(on, opening);
  }, PATIENCE_MS);

  it('comes back from its seed, the chain, the orders and the files, digest for digest, and sends nothing', async () => {
    const before = [await fetchAsHost(on, licenseId, 2), await fetchAsHost(on, later, 2)];
    const transactions = await sent();
    await on.publisher.stop();
    rmSync(join(on.chain.scratch, 'publisher'), { recursive: true });
    const { models, editions, lost, ...more } = JSON.parse(await restore()) as Record<string, unknown[]>;
    const model = { modelId: String(modelId), sameWeights: true };
    expect(models).toMatchObject([
      { ...model, release: 1 },
      { ...model, release: 2 },
    ]);
    expect(editions).toEqual([licenseId, later].map((id) => ({ licenseId: String(id), release: 2, same: true })));
    expect(lost).toContainEqual(expect.stringContaining('demo'));
    expect(await codeBooks()).toEqual([true, true]);
    await on.restart();
    on.publisher.start();
    expect([await fetchAsHost(on, licenseId, 2), await fetchAsHost(on, later, 2)]).toEqual(before);
    // What the owner took back since then is not known any more.
    expect((await on.publisher.app.request(`/models/${modelId}/demo`)).status).toBe(404);
    expect(await (await on.publisher.app.request(`/models/${modelId}`)).json()).toMatchObject({
      release: 2,
      demo: false,
    });
    expect(await sent()).toBe(transactions);
    expect(more).toEqual({
      recipients: [{ modelId: String(modelId) }],
      wear: [{ modelId: String(modelId), release: 2, batches: 1 }],
    });
  });

  it('seals probes to those the owner chose, also of a release, and knows what of a book was asked', async () => {
    const leaks = await on.say('leaks.ts', '--model-id', String(modelId), '--json');
    expect(JSON.parse(leaks)).toMatchObject({
      chosen: [VERIFIER.address],
      recipients: [{ verifier: VERIFIER.address, release: 2, batches: 1, canary: 'none' }],
    });
    const told = await release('--plan').catch(({ stdout }: { stdout: string }) => stdout);
    expect(told).toMatch(/^Release 2: .* 8 of 12 common keys/);
  });

  it('is told which file is missing, and that another secret is not the one that published', async () => {
    const DATA_DIR = join(on.chain.scratch, 'another-disk');
    const empty = join(on.chain.scratch, 'empty');
    mkdirSync(empty);
    const transactions = await sent();
    await expect(restore({ DATA_DIR, dir: empty })).rejects.toMatchObject({
      stderr: expect.stringMatching(/^NOT_FOUND: .*files\.model/),
    });
    await expect(restore({ DATA_DIR, OWNER_SECRET: `0x${'43'.repeat(32)}` })).rejects.toMatchObject({
      stderr: expect.stringMatching(/^NOT_FOUND: .*Nothing was sent/),
    });
    expect(await sent()).toBe(transactions);
  });
});
