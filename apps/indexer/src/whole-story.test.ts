import * as abis from '@oml/contracts/abis';
import type { Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { toEventSelector, type Abi, type AbiEvent } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startForgetfulRpc, type ForgetfulRpc } from '../test-support/forgetful-rpc.ts';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { followLive } from '../test-support/live-index.ts';
import { WholeStory } from '../test-support/whole-story.ts';
import { startWorld, type World } from '../test-support/world.ts';
import type { Indexer } from './indexer.ts';

let world: World;
let rpc: ForgetfulRpc;
/** Of the index that followed the story, block by block, by a node that leaves one log of each kind out. */
let live: { db: Database; indexer: Indexer };

beforeAll(async () => {
  world = await startWorld();
  rpc = await startForgetfulRpc(world.chain.rpcUrl);
  const { db } = await world.freshIndex();
  const { indexer, followed } = followLive(world.chain, db, rpc.publicClient);
  live = { db, indexer };
  await catchUp(indexer);
  await new WholeStory(followed).tell();
}, 600_000);
afterAll(async () => {
  await rpc?.stop();
  await world?.stop();
});

const nameOf = new Map(
  (Object.values(abis) as Abi[])
    .flat()
    .filter((item): item is AbiEvent => item.type === 'event')
    .map((event) => [toEventSelector(event), event.name]),
);

describe('an index that followed the whole story live', { timeout: 600_000 }, () => {
  it('has rows in every table', async () => {
    const tables = await rowsOf(live.db);
    for (const [table, rows] of Object.entries(tables)) expect(rows.length, table).toBeGreaterThan(0);
    expect(tables['measurement']).toHaveLength(1);
  });

  it('lost nothing to a node that left out one log of each kind of event', async () => {
    const kinds = rpc.forgotten().map((topic) => nameOf.get(topic));
    expect(kinds).not.toContain(undefined);
    expect(kinds.length).toBeGreaterThan(70);
    expect(live.indexer.progress()!.omittedLogs).toBe(kinds.length);
    const honest = await world.freshIndex();
    await catchUp(honest.indexer);
    expect(honest.indexer.progress()!.omittedLogs).toBe(0);
    expect(await rowsOf(live.db)).toEqual(await rowsOf(honest.db));
  });

  it('is the same, table by table, when it is rebuilt from zero', async () => {
    const rows = await rowsOf(live.db);
    await live.db.$executeRaw`select chain.wipe()`;
    expect(Object.values(await rowsOf(live.db)).flat()).toEqual([]);
    await catchUp(live.indexer);
    expect(await rowsOf(live.db)).toEqual(rows);
  });

  it('stands still, and says why, while no answer of the node fits a block; and goes on when one does', async () => {
    const rows = await rowsOf(live.db);
    rpc.proxy.answerWith(({ method }) => (/Receipts?$/.test(method) ? [] : undefined));
    await new WholeStory(world.chain).publishOne();
    await expect(live.indexer.step()).rejects.toMatchObject({ code: 'CHAIN_IN_DOUBT' });
    expect(live.indexer.progress()!.doubt).toMatchObject({ code: 'CHAIN_IN_DOUBT' });
    const { doubt } = (await indexStatus(live.db))!;
    expect(doubt).toMatch(/contradicts itself about block \d+/);
    expect({ ...(await rowsOf(live.db)), cursor: rows['cursor'] }).toEqual(rows);
    rpc.proxy.mend();
    await catchUp(live.indexer);
    expect(live.indexer.progress()!.doubt).toBeUndefined();
    expect((await indexStatus(live.db))!.doubt).toBeUndefined();
    expect((await rowsOf(live.db))['model']!.length).toBe(rows['model']!.length + 1);
  });
});
