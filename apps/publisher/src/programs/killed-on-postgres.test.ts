import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { PUBLICATION_STEPS } from '@oml/protocol/wire/publication';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AGENT, KEYS } from '../../test-support/actors.ts';
import { killedAfter } from '../../test-support/killed-after.ts';
import { acceptAsHost, bondHost, fetchAsHost, licenseOf } from '../../test-support/licensee.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';

let place: StorePlace;
let on: PublisherOnChain;
beforeAll(async () => {
  place = await openStorePlace('postgres');
  on = await startPublisherOnChain({ store: await place.create() });
}, PATIENCE_MS);
afterAll(async () => {
  await on?.stop();
  await place?.stop();
});

it(
  'a publication and its edition go on where they were, and send everything once',
  { timeout: PATIENCE_MS },
  async () => {
    const body = await on.request();
    let publicationId = '';
    await killedAfter('inspect', on, async () => void (publicationId = await on.order(body)));
    for (const step of PUBLICATION_STEPS.slice(1))
      await killedAfter(step, on, () => on.publisher.advance(publicationId));
    on.publisher.start();
    const modelId = BigInt((await on.ready(publicationId)).modelId!);
    const { licenseRegistry, modelRegistry } = on.chain.deployment.contracts;
    for (const name of ['CodeBookCommitted', 'ModelMinted'])
      expect(await on.events(modelRegistryAbi, modelRegistry, name)).toHaveLength(1);
    const { publicClient } = on.chain.as(KEYS.OUTSIDER);
    // Terms, an allowance for the fee, commitment, round, model.
    expect(await publicClient.getTransactionCount({ address: AGENT.address })).toBe(5);

    await on.restart();
    await bondHost(on);
    const licenseId = await acceptAsHost(on, modelId);
    for (const step of ['await', 'write', 'record', 'deliver']) await killedAfter(step, on, () => on.publisher.start());
    on.publisher.start();
    const { editionRoot } = await fetchAsHost(on, licenseId);
    expect(await licenseOf(on, licenseId)).toMatchObject({ state: 3, delivered: 1, editionRoot });
    expect(await on.events(licenseRegistryAbi, licenseRegistry, 'EditionDelivered')).toHaveLength(1);
  },
);
