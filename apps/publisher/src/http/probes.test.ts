import {
  blockBeaconAbi,
  devDollarAbi,
  inspectionPoolsAbi,
  modelRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { Classifier } from '@oml/onnx/classifier';
import { nodeEngine } from '@oml/onnx/runner-node';
import { answerIndex } from '@oml/protocol/evidence/answer';
import {
  batchId as batchIdOf,
  keyIndexAt,
  openingHash,
  pairsTree,
  type BatchOpening,
} from '@oml/protocol/evidence/batch';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { standsUnder } from '@oml/protocol/evidence/leaves';
import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { tensorQueryHash } from '@oml/protocol/evidence/query';
import { signProbeRequest } from '@oml/protocol/signed/probe-request';
import { grantSealInfo, readProbeGrant } from '@oml/protocol/wire/probe-grant';
import { probeRequestToJson } from '@oml/protocol/wire/probe-request';
import { openSealed, sealingKeyPair } from '@oml/service/seal';
import { connectBeacon } from '@oml/service/beacon';
import { until } from '@oml/service/wait';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keccak256, toHex, type Hex, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, OUTSIDER, VERIFIER } from '../../test-support/actors.ts';
import {
  PATIENCE_MS,
  SEED,
  startPublisherOnChain,
  type PublisherOnChain,
} from '../../test-support/publisher-on-chain.ts';

let on: PublisherOnChain;
let modelId: bigint;
beforeAll(async () => {
  on = await startPublisherOnChain();
  modelId = await on.publish({ demo: true });
}, PATIENCE_MS);
afterAll(() => on?.stop());

describe('probes', () => {
  let opening: BatchOpening;
  let batchId: Hex;

  const batch = (id = batchId) =>
    on.chain.as(KEYS.OUTSIDER).publicClient.readContract({
      address: on.chain.deployment.contracts.verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'batch',
      args: [id],
    });
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
    const verifier = on.chain.as(KEYS.VERIFIER);
    const { token, verifierRegistry } = on.chain.deployment.contracts;
    const pairs = Array.from({ length: 8 }, (_, i) => ({
      client: VERIFIER.address,
      requestNonce: toHex(i, { size: 32 }),
    }));
    opening = {
      account: HOST.address,
      modelId,
      release: 1,
      licenseIds: [4n],
      itemCount: 8,
      pairsRoot: pairsTree(pairs).root as Hex,
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
      args: [openingHash(opening)],
    });
  }, PATIENCE_MS);

  it('are refused to a verifier whose batch is not drawn', async () => {
    expect(await ask(VERIFIER)).toMatchObject({ code: 'BATCH_NOT_DRAWN' });
  });

  it(
    'are refused to a stranger',
    async () => {
      const beacon = connectBeacon({ chain: on.chain.as(KEYS.VERIFIER), chainHash: zeroHash });
      await until('the beacon', async () => beacon.valueOf((await batch()).round));
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
    'are the drawn keys with proofs that the chain accepts, and the marked model answers them',
    async () => {
      const first = await ask(VERIFIER);
      expect((await ask(VERIFIER)).sealed).toBe(first.sealed);
      const text = await openSealed(
        await sealingKeyPair(SEED),
        new Uint8Array(Buffer.from(first.sealed, 'base64')),
        grantSealInfo(batchId),
      );
      const { items, decoys } = readProbeGrant(new TextDecoder().decode(text))!;
      const { publicClient } = on.chain.as(KEYS.OUTSIDER);
      const { contracts } = on.chain.deployment;
      const [root, codeBookBeacon, commonSize] = await publicClient.readContract({
        address: contracts.modelRegistry,
        abi: modelRegistryAbi,
        functionName: 'codeBookOf',
        args: [modelId, 1],
      });
      const beacon = await publicClient.readContract({
        address: contracts.beacon,
        abi: blockBeaconAbi,
        functionName: 'valueOf',
        args: [(await batch()).round],
      });
      const demo = await on.publisher.app.request(`/models/${modelId}/demo`);
      const classifier = await Classifier.open({ model: new Uint8Array(await demo.arrayBuffer()) }, nodeEngine());
      expect(items).toHaveLength(8);
      for (const { i, body, leaf, proof, answer } of items) {
        expect(leaf.index).toBe(keyIndexAt(beacon, batchId, i, commonSize));
        expect(standsUnder(root, leafHash(leaf), proof)).toBe(true);
        const { shape, data: base64 } = body as { shape: number[]; data: string };
        const data = new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
        expect(tensorQueryHash({ dtype: 'float32', shape, data })).toBe(leaf.keyHash);
        expect(answer).toBe(leaf.candidates[answerIndex({ root, beacon: codeBookBeacon }, leaf)]);
        expect(headMatches(headOf(String((await classifier.classify({ shape, data })).label)), answer)).toBe(true);
      }
      await classifier.dispose();
      // Put as keys are, and none of them.
      expect(decoys).toHaveLength(8);
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
    'are paid for out of the model’s pool, once, when their verifier opens the batch',
    async () => {
      const verifier = on.chain.as(KEYS.VERIFIER);
      const { token, inspectionPools, verifierRegistry } = on.chain.deployment.contracts;
      const pools = { address: inspectionPools, abi: inspectionPoolsAbi } as const;
      const gift = [inspectionPools, 1_000_000n];
      await verifier.send({ address: token, abi: devDollarAbi, functionName: 'mint', args: gift });
      await verifier.send({ ...pools, functionName: 'feed', args: [modelId] });
      const registry = { address: verifierRegistry, abi: verifierRegistryAbi };
      await openAsJuror();
      await verifier.send({ ...registry, functionName: 'openBatch', args: [opening] });
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
    const verifier = on.chain.as(KEYS.VERIFIER);
    const registry = { address: on.chain.deployment.contracts.verifierRegistry, abi: verifierRegistryAbi };
    const look = { ...opening, licenseIds: [] };
    const id = batchIdOf(VERIFIER.address, look);
    await verifier.send({ ...registry, functionName: 'commitBatch', args: [openingHash(look)] });
    const beacon = connectBeacon({ chain: verifier, chainHash: zeroHash });
    await until('the beacon', async () => beacon.valueOf((await batch(id)).round));
    expect((await ask(VERIFIER, VERIFIER.address, look, id)).sealed).toBeDefined();
    await verifier.send({ ...registry, functionName: 'openBatch', args: [look] });
  }
});
