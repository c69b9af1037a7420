import { blamesAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { until } from '@oml/service/wait';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS } from '../../test-support/actors.ts';
import { killedAfter } from '../../test-support/killed-after.ts';
import { acceptAsHost, bondHost, fetchAsHost, licenseOf } from '../../test-support/licensee.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';

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
      await bondHost(on);
      licenseId = await acceptAsHost(on, modelId);
      expect((await on.publisher.app.request(`/editions/${licenseId}`)).status).toBe(404);

      for (const step of ['await', 'write', 'record', 'deliver'])
        await killedAfter(step, on, () => on.publisher.start());
      on.publisher.start();
      const { files, editionRoot, fileDigest } = await fetchAsHost(on, licenseId);
      expect(Object.keys(files).sort()).toEqual(['config.json', 'model.onnx']);
      expect(await licenseOf(on, licenseId)).toMatchObject({ state: 3, delivered: 1, editionRoot });
      expect(
        await on.chain.as(KEYS.OUTSIDER).publicClient.readContract({
          address: on.chain.deployment.contracts.blames,
          abi: blamesAbi,
          functionName: 'fileDigestOf',
          args: [licenseId, 1],
        }),
      ).toBe(fileDigest);
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
