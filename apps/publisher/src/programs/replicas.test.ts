import { blockBeaconAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { until } from '@oml/service/wait';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, KEYS } from '../../test-support/actors.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';
import type { Publisher } from '../publisher.ts';

describe('two replicas on one PostgreSQL', () => {
  let place: StorePlace;
  let on: PublisherOnChain;
  let other: Publisher;

  beforeAll(async () => {
    place = await openStorePlace('postgres');
    on = await startPublisherOnChain({ store: await place.create() });
    other = await on.replica();
  }, PATIENCE_MS);
  afterAll(async () => {
    await other?.stop();
    await on?.stop();
    await place?.stop();
  });

  it(
    'share publications, and one finishes what the other leaves behind; everything is sent once',
    async () => {
      const body = await on.request();
      const ids = [await on.order(body), await on.order({ ...body, name: 'digits again' })];
      on.publisher.start();
      other.start();
      const isDrafted = async (id: string) => (await on.view(id)).steps[1]!.state === 'done';
      await until('a draft', async () => (await isDrafted(ids[0]!)) || (await isDrafted(ids[1]!)) || undefined, {
        timeoutMs: PATIENCE_MS,
      });
      await on.publisher.stop();
      [on.publisher, other] = [other, await on.replica()];
      const modelIds = [(await on.ready(ids[0]!)).modelId, (await on.ready(ids[1]!)).modelId];
      expect(new Set(modelIds)).toEqual(new Set(['1', '2']));

      const { beacon, modelRegistry, termsRegistry } = on.chain.deployment.contracts;
      for (const name of ['CodeBookCommitted', 'ModelMinted'])
        expect(await on.events(modelRegistryAbi, modelRegistry, name)).toHaveLength(2);
      expect(await on.events(termsRegistryAbi, termsRegistry, 'TermsRegistered')).toHaveLength(1);
      const { publicClient } = on.chain.as(KEYS.OUTSIDER);
      // Terms, an allowance for the fees, and twice commitment and model; both may wait for one round.
      const posts = await on.events(blockBeaconAbi, beacon, 'BeaconPosted');
      expect(await publicClient.getTransactionCount({ address: AGENT.address })).toBe(6 + posts.length);
    },
    PATIENCE_MS,
  );
});
