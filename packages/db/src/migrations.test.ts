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

const run = async (sql: string) => {
  const client = new pg.Client({ connectionString: url });
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

  it('remember every table of the chain schema but the raw ones, so that no projection escapes a reorg', async () => {
    const tables = await run("select table_name as name from information_schema.tables where table_schema = 'chain'");
    const triggers = await run(
      "select distinct event_object_table as name from information_schema.triggers where trigger_schema = 'chain'",
    );
    const remembered = new Set(triggers.map(({ name }) => name));
    const forgotten = tables.map(({ name }) => name).filter((name) => !remembered.has(name));
    expect(forgotten.sort()).toEqual(['block', 'cursor', 'event', 'refused_claim', 'undo']);
  });

  it('name every key by which a remembered row is found again', async () => {
    const keys = await run(`
      select t.tgrelid::regclass::text as table, encode(t.tgargs, 'escape') as given,
        (select string_agg(a.attname, ', ' order by array_position(i.indkey::int2[], a.attnum)) from pg_index i
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = t.tgrelid and i.indisprimary) as actual
      from pg_trigger t where t.tgname = 'remember'`);
    expect(keys).toHaveLength(17);
    for (const { given, actual } of keys) expect(String(given).replace(/\\000$/, '')).toBe(actual);
  });

  it('wipe every table of the chain schema', async () => {
    const [definition] = await run("select pg_get_functiondef('chain.wipe'::regproc) as text");
    const tables = await run("select table_name as name from information_schema.tables where table_schema = 'chain'");
    for (const { name } of tables) expect(String(definition?.['text'])).toContain(`chain.${String(name)}`);
  });
});
