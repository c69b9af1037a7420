import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openStore, type Store } from './store.ts';

const disk = vi.hoisted(() => ({ fails: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fdatasync = (file: number, done: (error: Error | null) => void) =>
    disk.fails ? done(new Error('EIO: i/o error, fdatasync')) : fs.fdatasync(file, done);
  return { ...fs, fdatasync };
});

let folder: string;
let path: string;
let store: Store<{ note: { id: string } }>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oml-disk-'));
  path = join(folder, 'a.sqlite');
  const create = async (db: Parameters<Parameters<typeof openStore>[1][0]>[0]) =>
    db.schema.createTable('note').addColumn('id', 'text').execute();
  store = await openStore(path, [create], { schema: 'agent' });
});
afterEach(async () => {
  disk.fails = false;
  await store.close();
  rmSync(folder, { recursive: true });
});

const write = (id: string) => store.lax.insertInto('note').values({ id }).execute();

/** What is in the database without its log. */
function inFile(): string[] {
  const copy = join(folder, 'copy.sqlite');
  copyFileSync(path, copy);
  const database = new DatabaseSync(copy);
  const ids = database.prepare('SELECT id FROM note').all() as { id: string }[];
  database.close();
  return ids.map(({ id }) => id);
}

it('what was written when a sync of the log failed is written anew before it counts as on disk', async () => {
  await write('a');
  disk.fails = true;
  await store.synced();
  expect(inFile()).toEqual(['a']);
});

it('as long as that cannot be done everybody hears of it, though the next sync says that all is well', async () => {
  const reader = new DatabaseSync(path);
  reader.exec('BEGIN; SELECT * FROM note');
  disk.fails = true;
  await expect(store.db.insertInto('note').values({ id: 'b' }).execute()).rejects.toThrow('sync of the log failed');
  disk.fails = false;
  await expect(store.synced()).rejects.toThrow('sync of the log failed');
  reader.exec('COMMIT');
  reader.close();
  await store.synced();
  expect(inFile()).toEqual(['b']);
});
