// The built pages over a chain of their own and a database that holds a market of any size.
import { openDatabase } from '@oml/db/client';
import { refreshFigures, refreshTrends } from '@oml/db/market';
import { startMigratedPostgres } from '@oml/db/test-support/database';
import { seedMarket, type MarketSize } from '@oml/db/test-support/large-market';
import { freePort } from '@oml/program/test-support/postgres';
import { startDevChain } from '@oml/service/test-support/dev-chain';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..');
const APP = join(ROOT, 'apps/web');
/** Only to notice a hang. */
const HANG_MS = 300_000;

export interface SeededSite {
  url: string;
  /** Stops the database under the pages. */
  stopDatabase(): Promise<void>;
  stop(): Promise<void>;
}

/** Needs the pages built: `npm run build -w @oml/web`. */
export async function startSeededSite(size: MarketSize): Promise<SeededSite> {
  const [chain, postgres] = await Promise.all([startDevChain(), startMigratedPostgres()]);
  const databaseUrl = await postgres.create();
  const web = await startWeb({
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    DATABASE_URL: databaseUrl,
  });
  const stop = async () => {
    await web.stop();
    await postgres.stop();
    await chain.stop();
  };
  try {
    await seed(databaseUrl, size);
    await untilAnswers(web.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: web.url, stopDatabase: () => postgres.postgres.kill(), stop };
}

async function seed(databaseUrl: string, size: MarketSize): Promise<void> {
  const db = openDatabase(databaseUrl);
  try {
    await seedMarket(db, size);
    const { at } = await db.cursor.findUniqueOrThrow({ where: { id: 1 } });
    await refreshTrends(db, at);
    await refreshFigures(db, at);
  } finally {
    await db.$disconnect();
  }
}

/** The production server; without an environment it says that it is not set up. */
export async function startWeb(env: Record<string, string>): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(APP, 'serve.ts'), '-p', String(port), '-H', '127.0.0.1'], {
    cwd: APP,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await exitOf(child);
    },
  };
}

export async function untilAnswers(url: string): Promise<void> {
  for (const end = Date.now() + HANG_MS; ;) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status !== 0) return;
    if (Date.now() > end) throw new Error(`${url} never answered: are the pages built?`);
    await sleep(200);
  }
}

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
  );
