import { serve, type ServerType } from '@hono/node-server';
import { modelRegistryAbi } from '@oml/contracts/abis';
import { demoChoiceTypedData } from '@oml/protocol/signed/demo-choice';
import { wearQuestionTypedData } from '@oml/protocol/signed/wear-question';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { ProbeRequest } from '@oml/protocol/wire/probe-request';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toHex, type LocalAccount } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, OUTSIDER, OWNER, VERIFIER } from '../test-support/actors.ts';
import { mintedRun } from '../test-support/minted-run.ts';
import { PATIENCE_MS, SEED, startPublisherOnChain, type PublisherOnChain } from '../test-support/publisher-on-chain.ts';
import { openVaultScene } from '../test-support/vault-scene.ts';
import { Blobs } from './files/blobs.ts';
import { folderFiles } from './files/folder-files.ts';
import { ownerSecret } from './files/owner-secret.ts';
import { Grants } from './http/grants.ts';
import { demoBlob } from './programs/publication-files.ts';
import { openPublisherStore } from './store.ts';

const NOW = Math.floor(Date.now() / 1000);
const WEIGHTS = new TextEncoder().encode('marked weights');
let chain: DevChain;
let on: PublisherOnChain;
let modelId: bigint;
let saidYes: bigint;
let door: ServerType;

/** A model of OWNER on chain, and one of OUTSIDER whose owner said yes when it was published. */
beforeAll(async () => {
  chain = await startDevChain({ secondsPerBlock: 1 });
  ({ modelId, parentId: saidYes } = await openVaultScene(chain));
  const folder = join(chain.scratch, 'publisher');
  mkdirSync(folder);
  const store = await openPublisherStore(join(folder, 'publisher.sqlite'));
  const blobs = new Blobs(folderFiles(join(folder, 'blobs')), ownerSecret(SEED));
  for (const said of [{ modelId }, { modelId: saidYes, demo: true }])
    await blobs.put(demoBlob({ id: await mintedRun(store, { kind: 'classifier', ...said }) }), WEIGHTS);
  await store.close();
  on = await startPublisherOnChain({ chain });
  door = serve({ fetch: (request) => on.publisher.app.fetch(request), port: 0, hostname: '127.0.0.1' });
  await once(door, 'listening');
}, PATIENCE_MS);
afterAll(async () => {
  door?.close();
  await on?.stop();
  await chain?.stop();
});

const ask = async (path: string) => on.publisher.app.request(path);
const statusOf = async (id = modelId) => (await ask(`/models/${id}/demo`)).status;
const shown = async (id = modelId) => {
  const one = (await (await ask(`/models/${id}`)).json()) as { demo: boolean };
  const { models } = (await (await ask('/models')).json()) as { models: { modelId: string; demo: boolean }[] };
  expect(models.find((model) => model.modelId === String(id))?.demo).toBe(one.demo);
  return one.demo;
};

/** The owner's own command. */
async function say(word: 'give' | 'take-back', key = KEYS.OWNER): Promise<string> {
  const { port } = door.address() as AddressInfo;
  const where = ['--publisher', `http://127.0.0.1:${port}`, '--model-id', String(modelId), word];
  const env = { ...process.env, OWNER_KEY: key, OML_DEPLOYMENT: chain.deploymentPath };
  const command = [join(import.meta.dirname, 'demo.ts'), ...where];
  return (await promisify(execFile)(process.execPath, command, { env })).stdout;
}

async function choose(given: boolean, askedAt: number, { signer = OWNER, signed = askedAt } = {}) {
  const { chainId, contracts } = chain.deployment;
  const choice = { modelId, given, askedAt: BigInt(signed) };
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const answer = await on.publisher.app.request(`/models/${modelId}/demo`, {
    method: 'PUT',
    headers: { [HEADERS.signature]: await signer.signTypedData(demoChoiceTypedData(choice, registry)) },
    body: JSON.stringify({ given, askedAt }),
  });
  return ((await answer.json()) as { code?: string; demo?: boolean }).code ?? answer.status;
}

describe('a demo edition', { timeout: PATIENCE_MS }, () => {
  it('is given to nobody while its owner says nothing, though it is a classifier', async () => {
    expect([await statusOf(), await shown()]).toEqual([404, false]);
  });

  it('is given to anybody where its owner said so when it was published', async () => {
    expect([await statusOf(saidYes), await shown(saidYes)]).toEqual([200, true]);
    expect(new Uint8Array(await (await ask(`/models/${saidYes}/demo`)).arrayBuffer())).toEqual(WEIGHTS);
  });

  it('is given by nobody but its owner, now, and as it was signed', async () => {
    expect(await choose(true, NOW, { signer: OUTSIDER })).toBe('UNAUTHORIZED');
    expect(await choose(true, NOW - 3_600)).toBe('UNAUTHORIZED');
    expect(await choose(true, NOW + 3_600)).toBe('UNAUTHORIZED');
    expect(await choose(true, NOW, { signed: NOW - 1 })).toBe('UNAUTHORIZED');
    expect([await statusOf(), await shown()]).toEqual([404, false]);
  });

  it('is given by the owner’s word, and taken back by it: then it is nobody’s again', async () => {
    expect(await choose(true, NOW - 9)).toBe(200);
    expect([await statusOf(), await shown()]).toEqual([200, true]);
    expect(await say('take-back')).toMatch(/given away no more\. Whoever downloaded it keeps it/);
    expect([await statusOf(), await shown()]).toEqual([404, false]);
  });

  it('does not come back by a word that was said before, and stays away over a restart', async () => {
    expect(await choose(true, NOW - 9)).toBe('CONFLICT');
    await on.restart();
    expect(await statusOf()).toBe(404);
  });
});

describe('how far a code book is worn', { timeout: PATIENCE_MS }, () => {
  /** The owner's own command. */
  async function plan(): Promise<{ stdout: string; code: number }> {
    const { port } = door.address() as AddressInfo;
    const where = ['--publisher', `http://127.0.0.1:${port}`, '--model-id', String(modelId), '--plan'];
    const { rpcUrl: RPC_URL, deploymentPath: OML_DEPLOYMENT } = chain;
    const env = { ...process.env, RPC_URL, OML_DEPLOYMENT, OWNER_KEY: KEYS.OWNER };
    const command = [join(import.meta.dirname, 'release.ts'), ...where];
    return promisify(execFile)(process.execPath, command, { env }).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      (error: { stdout: string; code: number }) => error,
    );
  }
  /** Probes that were handed out against VERIFIER, as if it were a host. */
  async function handOut(firstKey: number, items: number): Promise<void> {
    const store = await openPublisherStore(join(chain.scratch, 'publisher/publisher.sqlite'));
    const opening = { modelId, release: 1, account: VERIFIER.address, itemCount: items };
    const request = { batchId: toHex(firstKey, { size: 32 }), verifier: VERIFIER.address, opening };
    await new Grants(store).keep(request as ProbeRequest, 'sealed', firstKey);
    await store.close();
  }
  async function askAs(signer: LocalAccount, askedAt = NOW, signed = askedAt) {
    const { chainId, contracts } = chain.deployment;
    const registry = { chainId, modelRegistry: contracts.modelRegistry };
    const question = wearQuestionTypedData({ modelId, askedAt: BigInt(signed) }, registry);
    const headers = { [HEADERS.signature]: await signer.signTypedData(question) };
    const answer = await on.publisher.app.request(`/models/${modelId}/wear?askedAt=${askedAt}`, { headers });
    return (await answer.json()) as { code?: string };
  }

  it('is told to the model’s owner alone, now', async () => {
    expect((await askAs(OUTSIDER)).code).toBe('UNAUTHORIZED');
    expect((await askAs(OWNER, NOW - 3_600)).code).toBe('UNAUTHORIZED');
    expect((await askAs(OWNER, NOW, NOW - 1)).code).toBe('UNAUTHORIZED');
    expect((await on.publisher.app.request(`/models/${modelId}/wear`)).status).toBe(400);
  });

  it('is told before a claim can no longer reach its score with keys that are new to a host', async () => {
    expect(await plan()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Release 1: The book is fresh: 0 of 24/),
    });
    await handOut(20, 8);
    expect(await plan()).toMatchObject({ code: 2, stdout: expect.stringMatching(/Re-key soon: 8 of 24 .* until 2/) });
    await handOut(2, 7);
    expect(await askAs(OWNER)).toMatchObject({ state: 'worn', asked: 13, fresh: 11, keysNeeded: 12, probes: 15 });
    expect(await plan()).toMatchObject({ code: 2, stdout: expect.stringMatching(/Re-key now: 13 of 24/) });
  });
});

describe('a model that is sold', { timeout: PATIENCE_MS }, () => {
  it('has its demo edition given by its new owner', async () => {
    const { modelRegistry: address } = chain.deployment.contracts;
    const args = [OWNER.address, OUTSIDER.address, modelId];
    await chain.as(KEYS.OWNER).send({ address, abi: modelRegistryAbi, functionName: 'transferFrom', args });
    await expect(say('give')).rejects.toMatchObject({ stderr: expect.stringMatching(/^UNAUTHORIZED: /) });
    expect(await say('give', KEYS.OUTSIDER)).toMatch(/is given away\./);
    expect(await shown()).toBe(true);
  });
});
