import {
  devDollarAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  termsRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { classifierInput } from '../test-support/digits.ts';
import { KEYS, startDevChain, type DevChain } from '../test-support/dev-chain.ts';
import { weightsDigest } from '@oml/onnx/digest';
import { Classifier } from '@oml/onnx/classifier';
import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId as batchIdOf, pairsTree, keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { tensorQueryHash } from '@oml/protocol/evidence/query';
import { omlDomain } from '@oml/protocol/signed/domain';
import { createLogger } from '@oml/service/logger';
import { openSealed, sealingKeyPair } from '@oml/service/seal';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { concatHex, keccak256, stringToHex, toHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPublisherOptions } from './options.ts';
import { PublicationRecords, STEP_NAMES, type StepName } from './programs/publication-record.ts';
import { signPublishRequest, type PublishRequestJson } from './http/publish-request.ts';
import { PROBE_REQUEST_TYPES } from './http/probe-request.ts';
import type { ProbeItem } from './http/probes.ts';
import { createPublisher, type Publisher } from './publisher.ts';

const OWNER = privateKeyToAccount(KEYS.OWNER);
const HOST = privateKeyToAccount(KEYS.HOST);
const VERIFIER = privateKeyToAccount(KEYS.VERIFIER);
const OUTSIDER = privateKeyToAccount(KEYS.OUTSIDER);
const SEED: Hex = `0x${'42'.repeat(32)}`;
const TERMS = { floorPrice: '1000', minBond: '50000000', ownerShareBps: 5000, slashBps: 5000, uri: 'pay per use' };

const logger = createLogger('publisher-test');
logger.level = process.env['LOG_LEVEL'] ?? 'silent';
const dataDir = mkdtempSync(join(tmpdir(), 'publisher-'));
let chain: DevChain;
let publisher: Publisher;
let modelId: bigint;

const open = () => {
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: dataDir,
    OWNER_SECRET: SEED,
    AGENT_KEY: KEYS.AGENT,
    PUBLIC_URL: 'http://127.0.0.1:4200',
    OWNERS: OWNER.address,
  };
  return createPublisher(readPublisherOptions(env), chain.deployment, logger);
};
const upload = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const answer = await publisher.app.request('/uploads', { method: 'PUT', body: bytes });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { uploadId: string }).uploadId;
};
const registry = () => ({ chainId: chain.deployment.chainId, modelRegistry: chain.deployment.contracts.modelRegistry });
const post = async (body: PublishRequestJson, signer = OWNER) =>
  publisher.app.request('/publications', {
    method: 'POST',
    headers: { 'oml-signature': await signPublishRequest(body, signer, registry()) },
    body: JSON.stringify(body),
  });
const events = (
  abi: typeof modelRegistryAbi | typeof licenseRegistryAbi | typeof termsRegistryAbi,
  address: Hex,
  eventName: string,
) =>
  chain.as(KEYS.OUTSIDER).publicClient.getContractEvents({
    address,
    abi: abi as typeof modelRegistryAbi,
    eventName: eventName as 'ModelMinted',
    fromBlock: 0n,
  });
const until = async <Value>(
  what: string,
  find: () => Promise<Value | undefined>,
  timeoutMs = 60_000,
): Promise<Value> => {
  for (
    const endsAt = Date.now() + timeoutMs;
    Date.now() < endsAt;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`timed out waiting for ${what}`);
};

async function request(): Promise<PublishRequestJson> {
  const files = {
    model: await upload(classifierInput.model),
    config: await upload(classifierInput.config),
    card: await upload(classifierInput.card),
    ordinary: await upload(classifierInput.ordinary),
    heldout: await upload(classifierInput.heldout),
    labels: await upload(classifierInput.labels),
  };
  return {
    name: 'digits',
    kind: 'classifier',
    files,
    panel: [files.model],
    fingerprints: { commonCount: 12, tracingCount: 6, bits: 3 },
    terms: TERMS,
    owner: OWNER.address,
  };
}

beforeAll(async () => {
  chain = await startDevChain();
  publisher = await open();
}, 120_000);
afterAll(async () => {
  await publisher?.stop();
  chain?.stop();
});

describe('environment', () => {
  it('is refused with the names of what is missing', () => {
    expect(() => readPublisherOptions({ PORT: '4200' })).toThrow(
      expect.objectContaining({
        code: 'ENV_MISSING',
        details: { missing: expect.arrayContaining(['AGENT_KEY', 'OWNER_SECRET', 'OWNERS']) },
      }),
    );
  });
});

describe('uploads', () => {
  it('are refused over 64 MiB', async () => {
    const answer = await publisher.app.request('/uploads', { method: 'PUT', body: new Uint8Array((64 << 20) + 1) });
    expect(answer.status).toBe(413);
  });

  it('that are no ONNX model are refused before anything is spent', async () => {
    const body = await request();
    const model = await upload(new TextEncoder().encode('this is no model'));
    const answer = await post({ ...body, files: { ...body.files, model } });
    expect(await answer.json()).toMatchObject({ code: 'MODEL_NOT_ONNX' });
    expect(answer.status).toBe(422);
    expect(
      await chain.as(KEYS.AGENT).publicClient.getTransactionCount({ address: privateKeyToAccount(KEYS.AGENT).address }),
    ).toBe(0);
  });

  it('that a request names but nobody made are named', async () => {
    const body = await request();
    const answer = await post({ ...body, files: { ...body.files, model: 'ab'.repeat(32) } });
    expect(answer.status).toBe(404);
  });
});

describe('a publication request', () => {
  it('of somebody else than the named owner is refused', async () => {
    expect(await (await post(await request(), OUTSIDER)).json()).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('of an owner who may not publish here is refused', async () => {
    expect(await (await post({ ...(await request()), owner: OUTSIDER.address }, OUTSIDER)).json()).toMatchObject({
      code: 'UNAUTHORIZED',
    });
  });

  it('with a member that nobody reads is refused', async () => {
    expect(await (await post({ ...(await request()), model: 'x' } as never)).json()).toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});

describe('a publication', () => {
  it('that dies after every step goes on where it was, and sends everything once', async () => {
    let killAt: StepName | undefined;
    const finish = PublicationRecords.prototype.finish;
    const fail = PublicationRecords.prototype.fail;
    const unfinished = PublicationRecords.prototype.unfinished;
    const killed = new Error('killed');
    // the background loop stands still: this test does the steps itself
    PublicationRecords.prototype.unfinished = () => [];
    PublicationRecords.prototype.finish = function (id, name, outcome) {
      if (name === killAt) throw killed;
      return finish.call(this, id, name, outcome);
    };
    PublicationRecords.prototype.fail = () => {
      throw killed;
    };
    try {
      const opened = await post(await request());
      expect(opened.status).toBe(202);
      const { publicationId } = (await opened.json()) as { publicationId: string };
      for (const step of STEP_NAMES) {
        killAt = step;
        await publisher.stop();
        publisher = await open();
        await until(
          `death at ${step}`,
          async () =>
            (await publisher.advance(publicationId).then(
              () => undefined,
              (error: unknown) => (error === killed ? true : Promise.reject(error)),
            )) || undefined,
        );
      }
      killAt = undefined;
      PublicationRecords.prototype.fail = fail;
      PublicationRecords.prototype.unfinished = unfinished;
      await publisher.stop();
      publisher = await open();
      publisher.start();
      const view = await until('ready', async () => {
        const found = (await (await publisher.app.request(`/publications/${publicationId}`)).json()) as {
          state: string;
          modelId: string;
          report: { success: number; verified: number };
          error?: unknown;
        };
        expect(found.error).toBeUndefined();
        return found.state === 'ready' ? found : undefined;
      });
      modelId = BigInt(view.modelId);
      expect(view.report).toMatchObject({ success: 1, verified: 1 });
    } finally {
      Object.assign(PublicationRecords.prototype, { finish, fail, unfinished });
    }
    const { modelRegistry, termsRegistry } = chain.deployment.contracts;
    for (const name of ['CodeBookCommitted', 'BeaconDrawn', 'ModelMinted'])
      expect(await events(modelRegistryAbi, modelRegistry, name)).toHaveLength(1);
    expect(await events(termsRegistryAbi, termsRegistry, 'TermsRegistered')).toHaveLength(1);
    const { publicClient } = chain.as(KEYS.OUTSIDER);
    expect(await publicClient.getTransactionCount({ address: privateKeyToAccount(KEYS.AGENT).address })).toBe(4);
    expect(
      await publicClient.readContract({
        address: modelRegistry,
        abi: modelRegistryAbi,
        functionName: 'ownerOf',
        args: [modelId],
      }),
    ).toBe(OWNER.address);
  }, 300_000);

  it('asked for again is the same publication', async () => {
    const answer = (await (await post(await request())).json()) as { publicationId: string };
    const view = (await (await publisher.app.request(`/publications/${answer.publicationId}`)).json()) as {
      modelId: string;
    };
    expect(view.modelId).toBe(String(modelId));
  });

  it('lets /health answer while it works', async () => {
    const body = { ...(await request()), name: 'digits again' };
    expect((await post(body)).status).toBe(202);
    const startedAt = Date.now();
    for (let i = 0; i < 10; i++) expect((await publisher.app.request('/health')).status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  }, 60_000);

  it('shows a card, a report and a demo edition that classifies', async () => {
    const model = (await (await publisher.app.request(`/models/${modelId}`)).json()) as Record<string, unknown>;
    expect(model).toMatchObject({ name: 'digits', kind: 'classifier', demo: true, terms: TERMS });
    expect(model['card']).toContain('digits');
    const demo = await publisher.app.request(`/models/${modelId}/demo`);
    const classifier = await Classifier.open({ model: new Uint8Array(await demo.arrayBuffer()) }, nodeEngine());
    const right = await Promise.all(
      classifierInput.samples.map(
        async ({ pixels, label }) =>
          (await classifier.classify({ shape: [1, 1, 28, 28], data: pixels })).label === label,
      ),
    );
    expect(right.filter(Boolean).length).toBeGreaterThanOrEqual(18);
    await classifier.dispose();
  }, 60_000);
});

describe('an edition', () => {
  let licenseId: bigint;

  it('is delivered once, sealed to the host, with the root of its weights on chain', async () => {
    const host = chain.as(KEYS.HOST);
    const { token, licenseRegistry } = chain.deployment.contracts;
    const { publicKey } = await sealingKeyPair(SEED);
    await host.send({ address: token, abi: devDollarAbi, functionName: 'mint', args: [HOST.address, 200_000_000n] });
    await host.send({
      address: token,
      abi: devDollarAbi,
      functionName: 'approve',
      args: [licenseRegistry, 200_000_000n],
    });
    await host.send({
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'depositBond',
      args: [HOST.address, 200_000_000n],
    });
    const termsId = await host.publicClient.readContract({
      address: chain.deployment.contracts.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'offerOf',
      args: [modelId, 0],
    });
    const params = {
      modelId,
      termsId,
      deposit: 0n,
      endpoint: 'http://127.0.0.1:4301',
      encryptionKey: publicKey,
      hostSalt: keccak256(stringToHex('host')),
    };
    await host.send({ address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'accept', args: [params] });
    licenseId = await host.publicClient.readContract({
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'licenseCount',
    });
    expect((await publisher.app.request(`/editions/${licenseId}`)).status).toBe(404);

    const sealed = await until('the edition', async () => {
      const answer = await publisher.app.request(`/editions/${licenseId}`);
      return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : undefined;
    });
    const plaintext = await openSealed(await sealingKeyPair(SEED), sealed, `oml/edition/${licenseId}`);
    const { files } = JSON.parse(gunzipSync(plaintext).toString()) as { files: Record<string, string> };
    expect(Object.keys(files).sort()).toEqual(['config.json', 'model.onnx']);
    const license = await host.publicClient.readContract({
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'license',
      args: [licenseId],
    });
    expect(await weightsDigest(readModel(new Uint8Array(Buffer.from(files['model.onnx']!, 'base64'))))).toBe(
      license.editionRoot,
    );
    expect(license).toMatchObject({ state: 3, delivered: 1 });
  }, 120_000);

  it('is still there after a restart, and not delivered again', async () => {
    await publisher.stop();
    publisher = await open();
    publisher.start();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await publisher.app.request(`/editions/${licenseId}`)).status).toBe(200);
    expect(
      await events(licenseRegistryAbi, chain.deployment.contracts.licenseRegistry, 'EditionDelivered'),
    ).toHaveLength(1);
  }, 60_000);
});

describe('probes', () => {
  let opening: BatchOpening;
  let batchId: Hex;

  const ask = async (signer: typeof VERIFIER, named = signer.address, changed: Partial<BatchOpening> = {}) => {
    const domain = omlDomain(chain.deployment.chainId, chain.deployment.contracts.verifierRegistry);
    const signature = await signer.signTypedData({
      domain,
      types: PROBE_REQUEST_TYPES,
      primaryType: 'ProbeRequest',
      message: { batchId },
    });
    const wire = { ...opening, ...changed };
    const body = {
      verifier: named,
      batchId,
      opening: { ...wire, modelId: String(wire.modelId), itemCount: String(wire.itemCount) },
      signature,
    };
    const answer = await publisher.app.request('/probes', { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as { sealed: string; code?: string };
  };

  beforeAll(async () => {
    const verifier = chain.as(KEYS.VERIFIER);
    const { token, verifierRegistry } = chain.deployment.contracts;
    const pairs = Array.from({ length: 8 }, (_, i) => ({
      client: VERIFIER.address,
      requestNonce: toHex(i, { size: 32 }),
    }));
    opening = {
      account: HOST.address,
      modelId,
      release: 1,
      pairsRoot: pairsTree(pairs).root as Hex,
      itemCount: 8,
      salt: keccak256('0x01'),
    };
    batchId = batchIdOf(VERIFIER.address, opening);
    await verifier.send({
      address: token,
      abi: devDollarAbi,
      functionName: 'mint',
      args: [VERIFIER.address, 100_000_000n],
    });
    await verifier.send({
      address: token,
      abi: devDollarAbi,
      functionName: 'approve',
      args: [verifierRegistry, 100_000_000n],
    });
    await verifier.send({
      address: verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'stake',
      args: [20_000_000n, (await sealingKeyPair(SEED)).publicKey],
    });
    await verifier.send({
      address: verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'commitBatch',
      args: [batchId],
    });
  }, 60_000);

  it('are refused to a verifier whose batch is not drawn', async () => {
    expect(await ask(VERIFIER)).toMatchObject({ code: 'BATCH_NOT_DRAWN' });
  });

  it('are refused to a stranger', async () => {
    const verifier = chain.as(KEYS.VERIFIER);
    await until('the beacon', () =>
      verifier
        .send({
          address: chain.deployment.contracts.verifierRegistry,
          abi: verifierRegistryAbi,
          functionName: 'drawBatch',
          args: [batchId],
        })
        .catch(() => undefined),
    );
    expect(await ask(OUTSIDER, VERIFIER.address)).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await ask(OUTSIDER)).toMatchObject({ code: 'NOT_STAKED' });
  }, 60_000);

  it('are refused for an opening that is not the batch', async () => {
    for (const changed of [{ itemCount: 9 }, { release: 2 }])
      expect(await ask(VERIFIER, VERIFIER.address, changed)).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('are the drawn keys with proofs that the chain accepts, and the marked model answers them', async () => {
    const first = await ask(VERIFIER);
    expect((await ask(VERIFIER)).sealed).toBe(first.sealed);
    const text = await openSealed(
      await sealingKeyPair(SEED),
      new Uint8Array(Buffer.from(first.sealed, 'base64')),
      `oml/probes/${batchId}`,
    );
    const { items } = JSON.parse(new TextDecoder().decode(text)) as {
      items: (ProbeItem & { body: { shape: number[]; data: string } })[];
    };
    const { publicClient } = chain.as(KEYS.OUTSIDER);
    const { modelRegistry, verifierRegistry } = chain.deployment.contracts;
    const [root, codeBookBeacon, commonSize] = await publicClient.readContract({
      address: modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'codeBookOf',
      args: [modelId, 1],
    });
    const { beacon } = await publicClient.readContract({
      address: verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'batch',
      args: [batchId],
    });
    const demo = await publisher.app.request(`/models/${modelId}/demo`);
    const classifier = await Classifier.open({ model: new Uint8Array(await demo.arrayBuffer()) }, nodeEngine());
    expect(items).toHaveLength(8);
    for (const { i, body, leaf, proof, answer } of items) {
      expect(leaf.index).toBe(keyIndexAt(beacon, batchId, i, commonSize));
      expect(
        proof.reduce(
          (hash, other) => keccak256(concatHex(hash < other ? [hash, other] : [other, hash])),
          leafHash(leaf),
        ),
      ).toBe(root);
      const data = new Float32Array(new Uint8Array(Buffer.from(body.data, 'base64')).buffer);
      expect(tensorQueryHash({ dtype: 'float32', shape: body.shape, data })).toBe(leaf.keyHash);
      expect(answer).toBe(leaf.candidates[answerIndex(codeBookBeacon, leaf.salt, leaf.keyHash, leaf.bits)]);
      expect(headMatches(headOf(String((await classifier.classify({ shape: body.shape, data })).label)), answer)).toBe(
        true,
      );
    }
    await classifier.dispose();
  }, 60_000);
});
