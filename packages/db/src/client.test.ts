import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { openDatabase, type Database } from './client.ts';
import { counts } from './market.ts';

let server: MigratedPostgres;
let url: string;
let db: Database;

beforeAll(async () => {
  server = await startMigratedPostgres();
  url = await server.create();
}, 600_000);
afterAll(() => server?.stop());
beforeEach(() => void (db = openDatabase(url, { maxConnections: 4, patienceMs: 500 })));
afterEach(() => db.$disconnect());

const reading = () =>
  counts(db).then(
    () => 'read',
    () => 'refused',
  );

async function untilRead(): Promise<void> {
  for (let attempt = 0; (await reading()) !== 'read'; attempt++) {
    if (attempt === 300) throw new Error('the database never answered again');
    await sleep(100);
  }
}

describe('a patient database', { timeout: 600_000 }, () => {
  it('says that it does not answer, instead of waiting for ever, while PostgreSQL stands still', async () => {
    await untilRead();
    server.postgres.pause();
    try {
      expect(await Promise.all(Array.from({ length: 10 }, reading))).toEqual(Array<string>(10).fill('refused'));
    } finally {
      server.postgres.resume();
    }
    await untilRead();
  });

  it('answers again after PostgreSQL was killed and started', async () => {
    await untilRead();
    await server.postgres.kill();
    expect(await reading()).toBe('refused');
    await server.postgres.restart();
    await untilRead();
  });

  it('leaves no connection in a transaction, however often PostgreSQL stops under its readers', async () => {
    let isOver = false;
    const seen = new Set<string>();
    const readers = Array.from({ length: 6 }, async () => {
      while (!isOver) {
        seen.add(await reading());
        await db.$transaction([db.cursor.findMany(), db.model.findMany()]).catch(() => undefined);
      }
    });
    for (let stop = 0; stop < 6; stop++) {
      if (stop % 2 === 0) {
        server.postgres.pause();
        await sleep(700);
        server.postgres.resume();
      } else {
        await server.postgres.kill();
        await server.postgres.restart();
      }
      await untilRead();
    }
    isOver = true;
    await Promise.all(readers);
    expect([...seen].toSorted()).toEqual(['read', 'refused']);
    const idle = () => db.$queryRaw`select pid from pg_stat_activity where state like 'idle in transaction%'`;
    for (let attempt = 0; ((await idle()) as unknown[]).length > 0 && attempt < 100; attempt++) await sleep(100);
    expect(await idle()).toEqual([]);
  });
});
