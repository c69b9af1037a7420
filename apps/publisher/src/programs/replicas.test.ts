import { blockBeaconAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import type { DevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { isAddressEqual, type Address } from 'viem';
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

      const { beacon, modelRegistry, termsRegistry, token } = on.chain.deployment.contracts;
      for (const name of ['CodeBookCommitted', 'ModelMinted'])
        expect(await on.events(modelRegistryAbi, modelRegistry, name)).toHaveLength(2);
      expect(await on.events(termsRegistryAbi, termsRegistry, 'TermsRegistered')).toHaveLength(1);
      // Both may wait for one round, and a post may be too late by the time it is in a block; nothing else is sent for
      // nothing. Terms and allowance are the same whoever gives them, and no more than each of the two does so.
      const posts = await on.events(blockBeaconAbi, beacon, 'BeaconPosted');
      const sent = await transactionsOf(on.chain, AGENT.address);
      const to = (address: Address) => sent.filter((one) => one.to === address.toLowerCase());
      expect(to(beacon).filter(({ status }) => status === 'success')).toHaveLength(posts.length);
      expect(to(modelRegistry)).toHaveLength(4);
      const same = [to(termsRegistry).length, to(token).length];
      expect(same.every((count) => count === 1 || count === 2)).toBe(true);
      const others = sent.filter((one) => one.to !== beacon.toLowerCase());
      expect(others).toHaveLength(4 + same[0]! + same[1]!);
      expect(others.filter(({ status }) => status !== 'success')).toEqual([]);
    },
    PATIENCE_MS,
  );
});

/** All that an account sent, oldest first, and what became of it. */
async function transactionsOf(chain: DevChain, from: Address) {
  const { publicClient } = chain.as(KEYS.OUTSIDER);
  const latest = await publicClient.getBlockNumber();
  const sent = [];
  for (let blockNumber = 0n; blockNumber <= latest; blockNumber++) {
    const { transactions } = await publicClient.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, from: sender, to } of transactions) {
      if (!isAddressEqual(sender, from)) continue;
      const { status } = await publicClient.getTransactionReceipt({ hash });
      sent.push({ to: to?.toLowerCase(), status });
    }
  }
  return sent;
}
