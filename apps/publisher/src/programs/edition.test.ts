import { editionSealInfo } from '@oml/protocol/wire/edition-container';
import { blamesAbi, devDollarAbi, licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { openSealed, sealingKeyPair } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { gunzipSync } from 'node:zlib';
import { keccak256, sha256, stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS } from '../../test-support/actors.ts';
import { killedAfter } from '../../test-support/killed-after.ts';
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

describe('an edition', () => {
  let licenseId: bigint;

  it(
    'whose publisher dies after every step is delivered once, sealed to the host, with the root of its weights on chain',
    async () => {
      await on.restart();
      const host = on.chain.as(KEYS.HOST);
      const { token, licenseRegistry } = on.chain.deployment.contracts;
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
        address: on.chain.deployment.contracts.modelRegistry,
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
      expect((await on.publisher.app.request(`/editions/${licenseId}`)).status).toBe(404);

      for (const step of ['await', 'write', 'record', 'deliver'])
        await killedAfter(step, on, () => on.publisher.start());
      on.publisher.start();
      const sealed = await until(
        'the edition',
        async () => {
          const answer = await on.publisher.app.request(`/editions/${licenseId}`);
          return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : undefined;
        },
        { timeoutMs: PATIENCE_MS },
      );
      const plaintext = await openSealed(await sealingKeyPair(SEED), sealed, editionSealInfo(licenseId));
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
      expect(
        await host.publicClient.readContract({
          address: on.chain.deployment.contracts.blames,
          abi: blamesAbi,
          functionName: 'fileDigestOf',
          args: [licenseId, 1],
        }),
      ).toBe(sha256(plaintext));
    },
    PATIENCE_MS,
  );

  it(
    'is still there after a restart, and not delivered again',
    async () => {
      await on.restart();
      on.publisher.start();
      const { publicClient } = on.chain.as(KEYS.OUTSIDER);
      const seen = await publicClient.getBlockNumber();
      await until('three blocks', async () => (await publicClient.getBlockNumber()) > seen + 3n || undefined);
      expect((await on.publisher.app.request(`/editions/${licenseId}`)).status).toBe(200);
      expect(
        await on.events(licenseRegistryAbi, on.chain.deployment.contracts.licenseRegistry, 'EditionDelivered'),
      ).toHaveLength(1);
    },
    PATIENCE_MS,
  );
});
