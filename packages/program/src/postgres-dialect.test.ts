import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../test-support/postgres.ts';
import { openStore, type Store } from './store.ts';

let postgres: TestPostgres;
let store: Store<{ note: { id: string } }>;
beforeAll(async () => {
  postgres = await startPostgres();
  const createNotes = async (db: { schema: Store<unknown>['db']['schema'] }) => {
    await db.schema.createTable('note').addColumn('id', 'text').execute();
  };
  store = await openStore(postgres.url('postgres'), [createNotes], { schema: 'agent' });
});
afterAll(async () => {
  await store?.close();
  await postgres?.stop();
});

// An error that nobody listens for would end the process; vitest then fails.
it('outlives a server that goes in the middle of a transaction', async () => {
  const broken = store.transaction(async (db) => {
    await db.insertInto('note').values({ id: 'a' }).execute();
    await postgres.restart();
    await db.insertInto('note').values({ id: 'b' }).execute();
  });
  await expect(broken).rejects.toThrow();
  expect(await store.db.selectFrom('note').selectAll().execute()).toEqual([]);
});
