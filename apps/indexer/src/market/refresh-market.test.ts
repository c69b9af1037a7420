import { openDatabase, type Database } from '@oml/db/client';
import { startMigratedPostgres, type MigratedPostgres } from '@oml/db/test-support/database';
import { counts } from '@oml/db/market';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMarketRefresher } from './refresh-market.ts';

let postgres: MigratedPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres?.stop();
});

const block = async (number: bigint) => {
  const at = new Date(1_800_000_000_000);
  const cursor = { chainId: 31337, modelRegistry: '0x', number, hash: `0x${number}`, at };
  await db.cursor.upsert({ where: { id: 1 }, create: { id: 1, ...cursor }, update: cursor });
};
const deposit = (account: string) => db.account.create({ data: { account, slashed: 7 } });

describe('the figures of the market', { timeout: 600_000 }, () => {
  it('are counted after new blocks, and not again before they may be', async () => {
    let now = 0;
    const refresh = createMarketRefresher(db, () => now);
    await refresh(); // nothing is indexed yet
    await deposit('first');
    await block(1n);
    await refresh();
    expect(await counts(db)).toMatchObject({ slashed: 7n });
    await deposit('second');
    await block(2n);
    now = 1_999;
    await refresh();
    expect(await counts(db)).toMatchObject({ slashed: 7n });
    now = 2_000;
    await refresh();
    expect(await counts(db)).toMatchObject({ slashed: 14n });
    await deposit('third');
    now = 10_000;
    await refresh(); // no new block
    expect(await counts(db)).toMatchObject({ slashed: 14n });
    await block(3n);
    await refresh();
    expect(await counts(db)).toMatchObject({ slashed: 21n });
  });

  it('of a large market are counted less often', async () => {
    let now = 0;
    const slow = createMarketRefresher(db, () => (now += 500)); // counting takes half a second
    await slow();
    await deposit('fourth');
    await block(4n);
    const begun = now;
    while ((await counts(db)).slashed === 21n) await slow();
    expect(now - begun).toBeGreaterThan(20 * 500);
  });
});
