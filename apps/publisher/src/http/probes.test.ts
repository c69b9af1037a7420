import { devDollarAbi, inspectionPoolsAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { Classifier } from '@oml/onnx/classifier';
import { nodeEngine } from '@oml/onnx/runner-node';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { standsUnder } from '@oml/protocol/evidence/leaves';
import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { tensorQueryHash } from '@oml/protocol/evidence/query';
import { signProbeRequest } from '@oml/protocol/signed/probe-request';
import { grantSealInfo, readProbeGrant, type ProbeGrant } from '@oml/protocol/wire/probe-grant';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { LeakReport } from '@oml/protocol/wire/leak-report';
import { probeRequestToJson } from '@oml/protocol/wire/probe-request';
import { openSealed, sealingKeyPair } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, OUTSIDER, VERIFIER } from '../../test-support/actors.ts';
import { commitBatch, drawBatch, openBatch, openingOf, stakeVerifier } from '../../test-support/batch.ts';
import { servePublisherOnChain, type ServedPublisher } from '../../test-support/owner-command.ts';
import { PATIENCE_MS, SEED } from '../../test-support/publisher-on-chain.ts';

/** All keys of the book, and all its decoys but the canaries of two others. */
const [ITEMS, DECOYS] = [12, 10];
let on: ServedPublisher;
let modelId: bigint;
beforeAll(async () => {
  on = await servePublisherOnChain();
  modelId = await on.publish({ demo: true });
}, PATIENCE_MS);
afterAll(() => on?.stop());

describe('probes', () => {
  let opening: BatchOpening;
  let batchId: Hex;
  let granted: ProbeGrant;
  let drawn: Hex;

  const ask = async (
    signer: typeof VERIFIER,
    named = signer.address,
    changed: Partial<BatchOpening> = {},
    id = batchId,
  ) => {
    const { chainId, contracts } = on.chain.deployment;
    const signature = await signProbeRequest(id, signer, { chainId, verifierRegistry: contracts.verifierRegistry });
    const about = { ...opening, ...changed };
    const body = probeRequestToJson({ verifier: named, batchId: id, opening: about, signature });
    const answer = await on.publisher.app.request('/probes', { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as { sealed: string; code?: string };
  };

  beforeAll(async () => {
    opening = openingOf({ modelId, release: 1 }, { itemCount: ITEMS });
    await stakeVerifier(on);
    batchId = await commitBatch(on, opening);
  }, PATIENCE_MS);

  it('are refused to a verifier whose batch is not drawn', async () => {
    expect(await ask(VERIFIER)).toMatchObject({ code: 'BATCH_NOT_DRAWN' });
  });

  it(
    'are refused to a stranger',
    async () => {
      drawn = await drawBatch(on, batchId);
      expect(await ask(OUTSIDER, VERIFIER.address)).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(await ask(OUTSIDER)).toMatchObject({ code: 'NOT_STAKED' });
    },
    PATIENCE_MS,
  );

  it('are refused for an opening that is not the batch', async () => {
    for (const changed of [{ itemCount: 9 }, { release: 2 }, { licenseIds: [1n] }])
      expect(await ask(VERIFIER, VERIFIER.address, changed)).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it(
    'are sealed to those whom the owner chose, and to nobody else',
    async () => {
      const choose = (...words: string[]) => on.say('recipients.ts', '--model-id', String(modelId), ...words);
      expect(await choose('only', OUTSIDER.address)).toContain(OUTSIDER.address);
      expect(await ask(VERIFIER)).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(await choose('only', OUTSIDER.address, VERIFIER.address)).toContain(VERIFIER.address);
      const body = JSON.stringify({ verifiers: null, askedAt: Math.floor(Date.now() / 1000) });
      for (const headers of [{}, { [HEADERS.signature]: await OUTSIDER.signMessage({ message: body }) }]) {
        const said = await on.publisher.app.request(`/models/${modelId}/recipients`, { method: 'PUT', body, headers });
        expect([400, 401, 403]).toContain(said.status);
      }
    },
    PATIENCE_MS,
  );

  it(
    'are the drawn keys with proofs that the chain accepts, and the marked model answers them',
    async () => {
      const first = await ask(VERIFIER);
      expect((await ask(VERIFIER)).sealed).toBe(first.sealed);
      const text = await openSealed(
        await sealingKeyPair(SEED),
        new Uint8Array(Buffer.from(first.sealed, 'base64')),
        grantSealInfo(batchId),
      );
      granted = readProbeGrant(new TextDecoder().decode(text))!;
      const { items, decoys } = granted;
      const { publicClient } = on.chain.as(KEYS.OUTSIDER);
      const { contracts } = on.chain.deployment;
      const [root, codeBookBeacon, commonSize] = await publicClient.readContract({
        address: contracts.modelRegistry,
        abi: modelRegistryAbi,
        functionName: 'codeBookOf',
        args: [modelId, 1],
      });
      const demo = await on.publisher.app.request(`/models/${modelId}/demo`);
      const classifier = await Classifier.open({ model: new Uint8Array(await demo.arrayBuffer()) }, nodeEngine());
      expect(items).toHaveLength(ITEMS);
      for (const { i, body, leaf, proof, answer } of items) {
        expect(leaf.index).toBe(keyIndexAt(drawn, batchId, i, commonSize));
        expect(standsUnder(root, leafHash(leaf), proof)).toBe(true);
        const { shape, data: base64 } = body as { shape: number[]; data: string };
        const data = new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
        expect(tensorQueryHash({ dtype: 'float32', shape, data })).toBe(leaf.keyHash);
        expect(answer).toBe(leaf.candidates[answerIndex({ root, beacon: codeBookBeacon }, leaf)]);
        expect(headMatches(headOf(String((await classifier.classify({ shape, data })).label)), answer)).toBe(true);
      }
      await classifier.dispose();
      // Put as keys are, and none of them.
      expect(decoys).toHaveLength(DECOYS);
      const keys = new Set(items.map(({ body }) => JSON.stringify(body)));
      for (const body of decoys) {
        expect(Object.keys(body)).toEqual(Object.keys(items[0]!.body));
        expect([body['dtype'], body['shape']]).toEqual([items[0]!.body['dtype'], items[0]!.body['shape']]);
        expect(keys.has(JSON.stringify(body))).toBe(false);
      }
    },
    PATIENCE_MS,
  );

  it(
    'carry a canary: seen elsewhere, it names who leaked, and keys alone name nobody',
    async () => {
      const file = join(on.chain.scratch, 'seen.txt');
      const leaks = async (seen: readonly object[], ...more: string[]) => {
        writeFileSync(file, ['never given', ...seen.map((body) => JSON.stringify(body))].join('\n'));
        const asked = ['--model-id', String(modelId), '--json', '--seen', file, ...more];
        return on.say('leaks.ts', ...asked).then(
          (said) => ({ code: 0, ...(JSON.parse(said) as LeakReport) }),
          ({ code, stdout }: { code: number; stdout: string }) => ({ code, ...(JSON.parse(stdout) as LeakReport) }),
        );
      };
      const keys = granted.items.map(({ body }) => body);
      const recipient = { verifier: VERIFIER.address, release: 1, batches: 1, keys: ITEMS, asked: false };
      const chosen = [OUTSIDER.address, VERIFIER.address];
      expect(await leaks(keys)).toMatchObject({
        code: 0,
        chosen,
        keys: ITEMS,
        unknown: 1,
        recipients: [{ ...recipient, canary: 'unseen' }],
      });
      expect(await leaks([...keys, ...granted.decoys], '--at', HOST.address)).toMatchObject({
        code: 2,
        keys: ITEMS,
        unknown: 1 + granted.decoys.length - 1,
        recipients: [{ ...recipient, canary: 'seen', asked: true }],
      });
    },
    PATIENCE_MS,
  );

  it(
    'are paid for out of the model’s pool, once, when their verifier opens the batch',
    async () => {
      const verifier = on.chain.as(KEYS.VERIFIER);
      const { token, inspectionPools } = on.chain.deployment.contracts;
      const pools = { address: inspectionPools, abi: inspectionPoolsAbi } as const;
      const gift = [inspectionPools, 1_000_000n];
      await verifier.send({ address: token, abi: devDollarAbi, functionName: 'mint', args: gift });
      await verifier.send({ ...pools, functionName: 'feed', args: [modelId] });
      await openAsJuror();
      await openBatch(on, opening);
      const paid = () => on.events(inspectionPoolsAbi, inspectionPools, 'BatchPaid');
      await until('the payment', async () => (await paid()).length > 0 || undefined, { timeoutMs: PATIENCE_MS });
      const left = verifier.publicClient.readContract({ ...pools, functionName: 'poolOf', args: [modelId] });
      expect(await left).toBe(750_000n);
      const env = { ...process.env, RPC_URL: on.chain.rpcUrl, OML_DEPLOYMENT: on.chain.deploymentPath };
      const command = [join(import.meta.dirname, '../pay-batch.ts'), '--json', '--batch', batchId];
      const again = promisify(execFile)(process.execPath, command, { env: { ...env, OWNER_KEY: KEYS.OWNER } });
      expect(JSON.parse((await again).stdout)).toEqual({});
      expect(await paid()).toMatchObject([{ args: { batchId } }]); // and nothing to the juror
    },
    PATIENCE_MS,
  );

  /** A batch that names no license: what a juror asks on a report of a leak. Its committee pays for it. */
  async function openAsJuror(): Promise<void> {
    const look = { ...opening, licenseIds: [] };
    const id = await commitBatch(on, look);
    await drawBatch(on, id);
    expect((await ask(VERIFIER, VERIFIER.address, look, id)).sealed).toBeDefined();
    await openBatch(on, look);
  }
});
