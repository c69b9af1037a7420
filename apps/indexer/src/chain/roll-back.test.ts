import type { Database } from '@oml/db/client';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp, quiet, rowsOf } from '../../test-support/index-of.ts';
import type { InstantChain } from '../../test-support/instant-chain.ts';
import type { Story } from '../../test-support/story.ts';
import { startWorld, type World } from '../../test-support/world.ts';
import { createIndexer, type Indexer } from '../indexer.ts';

let world: World;
let chain: InstantChain;
let story: Story;
let db: Database;
let indexer: Indexer;
let model: bigint;
let license: { licenseId: bigint; vault: Address };

/** What an index that never saw the dropped blocks says. */
async function expectRowsOfFreshIndex(): Promise<void> {
  await catchUp(indexer);
  const fresh = await world.freshIndex();
  await catchUp(fresh.indexer);
  expect(await rowsOf(db)).toEqual(await rowsOf(fresh.db));
}

beforeAll(async () => {
  world = await startWorld();
  ({ chain, story, db, indexer } = world);
  model = await story.publish();
  await story.depositBond(400_000_000n);
  await story.bindSigner();
  await story.stake();
  license = await story.license(model);
  await story.book(license.vault);
  await catchUp(indexer);
}, 600_000);
afterAll(() => world?.stop());

/** Everything that can happen after the fork: new rows of every kind and changes to old ones. */
async function liveThrough(): Promise<void> {
  const child = await story.publish({ uri: 'http://dropped.test' });
  const other = await story.license(child);
  await story.book(other.vault);
  await story.book(license.vault, { value: 70_000n });
  await story.distribute(license.vault);
  await story.batch(model);
  const proven = await story.evidence(license.licenseId);
  expect((await story.accuse(proven)).status).toBe('success');
  await story.finalise(proven);
  await story.book(license.vault, { nonce: proven.nonce });
  await story.court('cure', [[proven.evidence.signed.receipt]]);
  expect((await story.court('finaliseUnpaidUse', story.ending(proven), true)).status).toBe('reverted');
  await story.close(license.licenseId);
}

describe('a reorg', { timeout: 600_000 }, () => {
  it('that shortens the chain rolls back everything the dropped blocks did', async () => {
    const before = await rowsOf(db);
    const snapshot: Hex = await chain.testClient.snapshot();
    await liveThrough();
    await catchUp(indexer);
    expect(await rowsOf(db)).not.toEqual(before);
    await chain.testClient.revert({ id: snapshot });
    await catchUp(indexer);
    expect(await rowsOf(db)).toEqual(before);
  });

  it('is followed on to another history under the same numbers', async () => {
    const snapshot: Hex = await chain.testClient.snapshot();
    await liveThrough();
    await catchUp(indexer);
    await chain.testClient.revert({ id: snapshot });
    await story.publish({ uri: 'http://kept.test' });
    await story.book(license.vault, { value: 90_000n });
    await chain.mine(60);
    await expectRowsOfFreshIndex();
    expect(await db.model.count({ where: { uri: 'http://dropped.test' } })).toBe(0);
    expect(await db.modelCard.findUniqueOrThrow({ where: { modelId: 2n } })).toMatchObject({
      commitId: (await db.model.findUniqueOrThrow({ where: { modelId: 2n } })).commitId,
    });
  });

  it('of blocks with the same height is seen by their hashes', async () => {
    await story.book(license.vault);
    await story.book(license.vault);
    await catchUp(indexer);
    const height = await chain.publicClient.getBlockNumber();
    const uses = await db.booking.count();
    await chain.testClient.request({ method: 'anvil_reorg' as never, params: [4, []] as never });
    expect(await chain.publicClient.getBlockNumber()).toBe(height);
    await expectRowsOfFreshIndex();
    expect(await db.booking.count()).toBeLessThan(uses);
  });

  it('deeper than what is kept makes it read everything again', async () => {
    const snapshot: Hex = await chain.testClient.snapshot();
    await story.book(license.vault);
    await chain.mine(300);
    await catchUp(indexer);
    await chain.testClient.revert({ id: snapshot });
    await chain.mine(1);
    await expectRowsOfFreshIndex();
  });

  it.each([
    [
      'after its logs were given',
      async (give: () => Promise<unknown>, drop: () => Promise<unknown>) => {
        const logs = await give();
        await drop();
        return logs;
      },
    ],
    [
      'before, so that the node knows no such blocks',
      async (give: () => Promise<unknown>, drop: () => Promise<unknown>) => {
        await drop();
        return give();
      },
    ],
  ])('while a range is being read, %s, writes nothing of it', async (_, inOrder) => {
    const before = await rowsOf(db);
    const snapshot: Hex = await chain.testClient.snapshot();
    await story.book(license.vault);
    let dropped: Promise<unknown> | undefined;
    const drop = () => (dropped ??= chain.testClient.revert({ id: snapshot }));
    const getLogs = (query: never) => inOrder(() => chain.publicClient.getLogs(query), drop);
    const unlucky = createIndexer({
      db,
      chain: { ...chain, publicClient: { ...chain.publicClient, getLogs } as never },
      confirmations: 0,
      logger: quiet,
    });
    await expect(unlucky.step()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await rowsOf(db)).toEqual(before);
  });

  it('keeps what it rolls back with bounded', async () => {
    await chain.mine(300);
    await catchUp(indexer);
    const head = await chain.publicClient.getBlockNumber();
    expect(await db.block.count()).toBe(257);
    expect(await db.rollBackEntry.count({ where: { blockNumber: { lte: head - 256n } } })).toBe(0);
  });
});
