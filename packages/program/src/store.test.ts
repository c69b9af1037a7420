import { sql } from 'kysely';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIALECTS, openStorePlace, type StorePlace } from '../test-support/stores.ts';
import { statement } from './statement.ts';
import { openStore, type Migration, type Store, type Together } from './store.ts';

interface Tables {
  note: { id: string; at: number; amount: string; body: Uint8Array | null };
  page: { id: string; note_id: string };
}

const migrations: Migration[] = [
  async (db) => {
    await db.schema
      .createTable('note')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('amount', 'text', (column) => column.notNull())
      .addColumn('body', 'bytea')
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable('page')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('note_id', 'text', (column) => column.notNull().references('note.id'))
      .execute();
  },
];
const schema = 'agent';
const note = { id: 'a', at: 1_800_000_000_000, amount: '340282366920938463463374607431768211456', body: null };

const insertNote = statement<Tables, Tables['note']>((db, { id, at, amount, body }) =>
  db
    .insertInto('note')
    .values({ id, at, amount, body })
    .onConflict((conflict) => conflict.doNothing()),
);
const moveNote = statement<Tables, { from: string; to: string }>((db, { from, to }) =>
  db.updateTable('note').set({ id: to }).where('id', '=', from),
);
const insertPage = statement<Tables, Tables['page']>((db, { id, note_id }) =>
  db.insertInto('page').values({ id, note_id }),
);

async function onDiskOf(work: Promise<Together>): Promise<void> {
  const done = await work;
  if ('missed' in done) throw new Error(`query ${done.missed} missed`);
  await done.onDisk;
}

describe.each(DIALECTS)('a store on %s', (dialect) => {
  let place: StorePlace;
  let url: string;
  let store: Store<Tables>;

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    url = await place.create();
    store = await openStore<Tables>(url, migrations, { schema });
  });
  afterEach(() => store.close());

  const notes = () => store.db.selectFrom('note').selectAll().execute();

  it('gives back what was written: times as numbers, money as text, bytes as bytes', async () => {
    const written = { ...note, body: new Uint8Array([0, 255]) };
    await store.db.insertInto('note').values(written).execute();
    const [read] = await notes();
    expect({ ...read, body: new Uint8Array(read!.body!) }).toEqual(written);
  });

  it('counts as a number', async () => {
    const { count } = await store.db
      .selectFrom('note')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(0);
  });

  it('shows at once what was written without waiting for the disk, and not from inside a transaction', async () => {
    await store.lax.insertInto('note').values(note).execute();
    expect(await notes()).toHaveLength(1);
    await store.synced();
    const beside = store.transaction(() => store.lax.selectFrom('note').selectAll().execute());
    await expect(beside).rejects.toThrow('beside the transaction');
  });

  it('keeps all of a transaction or nothing', async () => {
    const work = store.transaction(async (db) => {
      await db.insertInto('note').values(note).execute();
      throw new Error('killed here');
    });
    await expect(work).rejects.toThrow('killed here');
    expect(await notes()).toEqual([]);
    expect(
      await store.transaction(async (db) => {
        await db.insertInto('note').values(note).execute();
        return 'written';
      }),
    ).toBe('written');
    expect(await notes()).toHaveLength(1);
  });

  it('keeps all of what is run together or nothing, and says what missed', async () => {
    const added = store.together([insertNote(store.lax, note), insertNote(store.lax, { ...note, id: 'b' })]);
    await onDiskOf(added);
    expect(await notes()).toHaveLength(2);
    const moved = (from: string) => moveNote(store.lax, { from, to: `${from}2` });
    expect(await store.together([moved('a'), moved('nobody'), moved('b')])).toEqual({ missed: 1 });
    expect(await store.together([insertNote(store.lax, note), moved('b')])).toEqual({ missed: 0 });
    const broken = store.together([moved('a'), moved('b'), insertPage(store.lax, { id: 'p', note_id: 'none' })]);
    await expect(broken).rejects.toThrow();
    expect((await notes()).map(({ id }) => id).toSorted()).toEqual(['a', 'b']);
  });

  it('runs nothing together in the middle of a transaction', async () => {
    const { promise: middle, resolve: go } = Promise.withResolvers<void>();
    const slow = store.transaction(async (db) => {
      await db.insertInto('note').values(note).execute();
      await middle;
      throw new Error('rolled back');
    });
    const other = store.together([insertNote(store.lax, { ...note, id: 'b' })]);
    setTimeout(go, 20);
    await expect(slow).rejects.toThrow('rolled back');
    await onDiskOf(other);
    expect((await notes()).map(({ id }) => id)).toEqual(['b']);
  });

  it('refuses a query beside the open transaction, which could wait for itself', async () => {
    await expect(store.transaction(() => notes())).rejects.toThrow('beside the transaction');
    expect(await notes()).toEqual([]);
  });

  it('lets work that a transaction began go on after it', async () => {
    let later: Promise<unknown> | undefined;
    await store.transaction(async () => {
      later = new Promise((resolve) => setTimeout(resolve, 5)).then(notes);
    });
    expect(await later).toEqual([]);
  });

  it('lets transactions that count wait for each other', async () => {
    await store.db
      .insertInto('note')
      .values({ ...note, at: 0 })
      .execute();
    const countUp = () =>
      store.transaction((db) =>
        db
          .updateTable('note')
          .set(({ eb }) => ({ at: eb('at', '+', 1) }))
          .execute(),
      );
    await Promise.all(Array.from({ length: 20 }, countUp));
    expect((await notes())[0]!.at).toBe(20);
  });

  it('holds foreign keys', async () => {
    await expect(store.db.insertInto('page').values({ id: 'p', note_id: 'none' }).execute()).rejects.toThrow();
  });

  it('runs migrations that are new, and those alone', async () => {
    await store.close();
    const ran: number[] = [];
    const more: Migration[] = [
      ...migrations.map(
        (_, i): Migration =>
          async () =>
            void ran.push(i),
      ),
      async (db) => {
        ran.push(2);
        await db.schema.alterTable('page').addColumn('title', 'text').execute();
      },
    ];
    store = await openStore<Tables>(url, more, { schema });
    expect(ran).toEqual([2]);
  });

  it('is not opened by a version older than the one that wrote it, and keeps what it holds', async () => {
    await store.db.insertInto('note').values(note).execute();
    const older = openStore<Tables>(url, migrations.slice(0, 1), { schema });
    await expect(older).rejects.toMatchObject({ code: 'STORE_NEWER', details: { applied: 2, known: 1 } });
    expect(await notes()).toHaveLength(1);
  });

  it('leaves nothing behind where a migration fails', async () => {
    const failing: Migration[] = [
      ...migrations,
      async (db) => {
        await db.schema.createTable('half').addColumn('id', 'text').execute();
        throw new Error('killed here');
      },
    ];
    await expect(openStore(url, failing, { schema })).rejects.toThrow('killed here');
    await expect(sql`select * from half`.execute(store.db)).rejects.toThrow();
  });

  it('is opened by two replicas at once', async () => {
    const fresh = await place.create();
    const replicas = await Promise.all([1, 2, 3].map(() => openStore<Tables>(fresh, migrations, { schema })));
    for (const replica of replicas) expect(await replica.db.selectFrom('note').selectAll().execute()).toEqual([]);
    await Promise.all(replicas.map((replica) => replica.close()));
  });
});

describe('where a store stands', () => {
  it('keeps a SQLite file for its owner alone, below folders that it makes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oml-mode-'));
    const file = join(folder, 'data', 'agent.sqlite');
    const store = await openStore<Tables>(file, migrations, { schema });
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777, name).toBe(0o600);
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps two agents apart in one PostgreSQL', async () => {
    const place = await openStorePlace('postgres');
    const url = await place.create();
    const [one, other] = await Promise.all(
      ['gateway', 'verifier'].map((name) => openStore<Tables>(url, migrations, { schema: name })),
    );
    await one!.db.insertInto('note').values(note).execute();
    expect(await other!.db.selectFrom('note').selectAll().execute()).toEqual([]);
    await Promise.all([one!.close(), other!.close()]);
    await place.stop();
  });

  it('says that a PostgreSQL does not answer, and that it may later', async () => {
    const opened = openStore('postgres://nobody@127.0.0.1:1/none', migrations, { schema });
    await expect(opened).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });
});
