import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prisma } from '../test-support/database.ts';
import { startPostgres, type TestPostgres } from '@oml/program/test-support/postgres';

const SCHEMA = ['--from-config-datasource', '--to-schema', '../../prisma/schema', '--exit-code'];
let postgres: TestPostgres;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = postgres.url('migrations');
}, 600_000);
afterAll(() => postgres.stop());

const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');
/** The migration that replaced triggers made by hand. */
const ROLL_BACK = '20261129140000_roll_back';
const migration = (name: string) => readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8');

const run = async (sql: string, database = 'migrations') => {
  const client = new pg.Client({ connectionString: postgres.url(database) });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
};

describe('migrations', { timeout: 600_000 }, () => {
  it('create the database, and apply once', () => {
    expect(prisma(url, 'migrate', 'deploy')).toMatchObject({
      status: 0,
      output: expect.stringContaining('have been successfully applied'),
    });
    expect(prisma(url, 'migrate', 'deploy')).toMatchObject({
      status: 0,
      output: expect.stringContaining('No pending migrations'),
    });
  });

  it('equal the schema, and would be seen if they did not', async () => {
    expect(prisma(url, 'migrate', 'diff', ...SCHEMA).status).toBe(0);
    await run('alter table chain.model add column stray text');
    expect(prisma(url, 'migrate', 'diff', ...SCHEMA).status).toBe(2);
    await run('alter table chain.model drop column stray');
  });

  it('let every table of the chain schema but the raw ones be rolled back, so that no projection escapes a reorg', async () => {
    const tables = await run("select table_name as name from information_schema.tables where table_schema = 'chain'");
    const withTrigger = new Set((await rollBackTriggers()).map(({ table }) => table));
    const without = tables.map(({ name }) => name).filter((name) => !withTrigger.has(String(name)));
    expect(without.sort()).toEqual(['block', 'cursor', 'event', 'refused_claim', 'roll_back_entry']);
  });

  it('name every key by which a row is found again', async () => {
    const triggers = await rollBackTriggers();
    expect(triggers).toHaveLength(25);
    for (const { table, given, actual } of triggers) expect(given, table).toBe(actual);
  });

  it('give a new table its trigger and its place in a wipe by one call, and roll its rows back', async () => {
    await run('create table chain."Made here" ("Second" int, first text, note text, primary key (first, "Second"))');
    await run('select chain.add_roll_back_triggers()');
    const made = (await rollBackTriggers()).filter(({ table }) => table === 'Made here');
    expect(made).toEqual([{ table: 'Made here', given: 'first, "Second"', actual: 'first, "Second"' }]);

    const rows = () => run('select * from chain."Made here" order by "Second"');
    await run(`begin; select set_config('oml.block', '1', true);
      insert into chain."Made here" values (1, 'a', 'kept'), (2, 'a', 'kept'); commit`);
    const before = await rows();
    await run(`begin; select set_config('oml.block', '2', true);
      update chain."Made here" set note = 'changed' where "Second" = 1; delete from chain."Made here" where "Second" = 2;
      insert into chain."Made here" values (3, 'a', 'new'); commit`);
    expect(await rows()).not.toEqual(before);
    await run('select chain.roll_back(1)');
    expect(await rows()).toEqual(before);
    await run('select chain.wipe()');
    expect(await rows()).toEqual([]);
    await run('drop table chain."Made here"');
  });

  it('refuse a table without a key, whose rows could not be found again', async () => {
    await run('create table chain.keyless (note text)');
    await expect(run('select chain.add_roll_back_triggers()')).rejects.toThrow(/chain.keyless has no primary key/);
    await run('drop table chain.keyless');
  });

  it('wipe every table of the chain schema', async () => {
    await run("insert into chain.verifier values ('0x1', 1, '0x')");
    await run("insert into chain.block values (1, '0x1', now())");
    await run('select chain.wipe()');
    const tables = await run("select table_name as name from information_schema.tables where table_schema = 'chain'");
    for (const { name } of tables) expect(await run(`select 1 from chain.${String(name)}`), String(name)).toEqual([]);
  });

  it('give an older database the same triggers, and roll back what it had kept', async () => {
    await run('create database older');
    const older = (sql: string) => run(sql, 'older');
    const all = readdirSync(MIGRATIONS)
      .filter((name) => /^\d+_/.test(name))
      .toSorted();
    expect(all).toContain(ROLL_BACK);
    for (const name of all.filter((each) => each < ROLL_BACK)) await older(migration(name));
    await older(`begin; select set_config('oml.block', '7', true);
      insert into chain.verifier values ('0x1', 1, '0x'); commit`);
    await older(migration(ROLL_BACK));
    expect(await older('select 1 from chain.verifier')).toHaveLength(1);
    await older('select chain.roll_back(6)');
    expect(await older('select 1 from chain.verifier')).toEqual([]);
    for (const name of all.filter((each) => each > ROLL_BACK)) await older(migration(name));
    expect((await rollBackTriggers('older')).map(({ table }) => table).toSorted()).toEqual(
      (await rollBackTriggers()).map(({ table }) => table).toSorted(),
    );
  });
});

/** The triggers by which tables are rolled back, with the key that each was given and the one that its table has. */
const rollBackTriggers = (database?: string) =>
  run(
    `
    select c.relname as table, replace(encode(t.tgargs, 'escape'), '\\000', '') as given,
      (select string_agg(quote_ident(a.attname), ', ' order by array_position(i.indkey::int2[], a.attnum)) from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = t.tgrelid and i.indisprimary) as actual
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'roll_back'`,
    database,
  ) as Promise<{ table: string; given: string; actual: string }[]>;
