import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '@oml/program/test-support/postgres';

const root = join(import.meta.dirname, '..');

/** Runs Prisma's CLI in packages/db against a database; returns its exit status and all it printed. */
export function prisma(url: string, ...args: string[]): { status: number | null; output: string } {
  const env = {
    ...process.env,
    DATABASE_URL: url,
    PRISMA_SCHEMA_ENGINE_BINARY: './schema-engine.mjs',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, '../../node_modules/prisma/build/index.js'), ...args],
    { cwd: root, env, encoding: 'utf8', timeout: 600_000 },
  );
  return { status, output: stdout + stderr };
}

/** A PostgreSQL that hands out migrated, empty databases. */
export interface MigratedPostgres {
  postgres: TestPostgres;
  /** URL of a new database with every migration applied. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

const TEMPLATE = 'oml_template';

/** Starts PostgreSQL and migrates one database, of which `create` makes copies (faster than migrating each). */
export async function startMigratedPostgres(): Promise<MigratedPostgres> {
  const postgres = await startPostgres();
  const { status, output } = prisma(postgres.url(TEMPLATE), 'migrate', 'deploy');
  if (status !== 0) {
    await postgres.stop();
    throw new Error(`the migrations do not apply: ${output}`);
  }
  return {
    postgres,
    async create() {
      const name = `oml_${randomUUID().replaceAll('-', '')}`;
      const admin = new pg.Client({ connectionString: postgres.url('postgres') });
      await admin.connect();
      await admin.query(`create database ${name} template ${TEMPLATE}`);
      await admin.end();
      return postgres.url(name);
    },
    stop: () => postgres.stop(),
  };
}
