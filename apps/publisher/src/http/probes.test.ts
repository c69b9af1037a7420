import { devDollarAbi, modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { Classifier } from '@oml/onnx/classifier';
import { nodeEngine } from '@oml/onnx/runner-node';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId as batchIdOf, keyIndexAt, pairsTree, type BatchOpening } from '@oml/protocol/evidence/batch';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { standsUnder } from '@oml/protocol/evidence/leaves';
import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { tensorQueryHash } from '@oml/protocol/evidence/query';
import { signProbeRequest } from '@oml/protocol/signed/probe-request';
import { grantSealInfo, readProbeGrant } from '@oml/protocol/wire/probe-grant';
import { probeRequestToJson } from '@oml/protocol/wire/probe-request';
import { openSealed, sealingKeyPair } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { keccak256, toHex, type Hex } from 'viem';
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
  modelId = await on.publish();
}, PATIENCE_MS);
afterAll(() => on?.stop());

describe('probes', () => {
  let opening: BatchOpening;
  let batchId: Hex;

  const ask = async (signer: typeof VERIFIER, named = signer.address, changed: Partial<BatchOpening> = {}) => {
    const { chainId, contracts } = on.chain.deployment;
    const signature = await signProbeRequest(batchId, signer, {
      chainId,
      verifierRegistry: contracts.verifierRegistry,
    });
    const body = probeRequestToJson({ verifier: named, batchId, opening: { ...opening, ...changed }, signature });
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
  }, PATIENCE_MS);

  it('are refused to a verifier whose batch is not drawn', async () => {
    expect(await ask(VERIFIER)).toMatchObject({ code: 'BATCH_NOT_DRAWN' });
  });

  it(
    'are refused to a stranger',
    async () => {
      const verifier = on.chain.as(KEYS.VERIFIER);
      await until('the beacon', () =>
        verifier
          .send({
            address: on.chain.deployment.contracts.verifierRegistry,
            abi: verifierRegistryAbi,
            functionName: 'drawBatch',
            args: [batchId],
          })
          .catch(() => undefined),
      );
      expect(await ask(OUTSIDER, VERIFIER.address)).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(await ask(OUTSIDER)).toMatchObject({ code: 'NOT_STAKED' });
    },
    PATIENCE_MS,
  );

  it('are refused for an opening that is not the batch', async () => {
    for (const changed of [{ itemCount: 9 }, { release: 2 }])
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
      const { items } = readProbeGrant(new TextDecoder().decode(text))!;
      const { publicClient } = on.chain.as(KEYS.OUTSIDER);
      const { modelRegistry, verifierRegistry } = on.chain.deployment.contracts;
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
    },
    PATIENCE_MS,
  );
});
