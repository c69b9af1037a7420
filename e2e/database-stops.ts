// PostgreSQL stops under a marketplace of its own, while pages are asked for: what visitors see, and what is left.
import { startMigratedPostgres, type MigratedPostgres } from '@oml/db/test-support/database';
import { freePort } from '@oml/program/test-support/postgres';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['/', '/models', '/models?q=nothing', '/claims', '/reports', '/verify'];
const VISITORS = 6;
/** A page waits four seconds for the index; what waits for that long behind others still comes to an end. */
const PATIENCE_MS = 60_000;

export interface StopsOptions {
  rpcUrl: string;
  deploymentPath: string;
  /** How often: every second time all of its processes stand still for a while, else they are killed at once. */
  stops: number;
  say?: (line: string) => void;
}

export interface StopsSeen {
  /** Answers by status; 0 counts requests that came to nothing. */
  statuses: Record<number, number>;
  /** Stops after which every page was whole again, and the index read on. */
  recovered: number;
  /** Connections that stand in a transaction and do nothing, at the end. */
  idleInTransaction: number;
}

/** Starts PostgreSQL, an indexer and the built pages over a chain, and stops the first of them again and again. */
export async function stopDatabase({
  rpcUrl,
  deploymentPath,
  stops,
  say = () => {},
}: StopsOptions): Promise<StopsSeen> {
  const postgres = await startMigratedPostgres();
  const url = await postgres.create();
  const [indexPort, webPort] = [await freePort(), await freePort()];
  const env = { RPC_URL: rpcUrl, OML_DEPLOYMENT: deploymentPath, DATABASE_URL: url, LOG_LEVEL: 'error' };
  const parts = [
    start(['apps/indexer/src/main.ts'], ROOT, { ...env, PORT: String(indexPort) }),
    start([join(ROOT, 'apps/web/serve.ts'), '-p', String(webPort), '-H', '127.0.0.1'], join(ROOT, 'apps/web'), env),
  ];
  const web = `http://127.0.0.1:${webPort}`;
  const seen: StopsSeen = { statuses: {}, recovered: 0, idleInTransaction: -1 };
  const visit = visitAlways(web, seen.statuses);
  try {
    const isWhole = async () => (await areWhole(web)) && (await isReady(indexPort));
    await until(isWhole, 'the pages came up');
    visit.begin();
    for (let stop = 1; stop <= stops; stop++) {
      await stopOnce(postgres, stop);
      await until(isWhole, `everything answers after stop ${stop}`);
      seen.recovered++;
      say(`stop ${stop} of ${stops}: answers so far ${JSON.stringify(seen.statuses)}`);
    }
    await visit.end();
    seen.idleInTransaction = await idleInTransaction(url);
    return seen;
  } finally {
    await visit.end();
    for (const part of parts) part.kill('SIGTERM');
    await Promise.all(parts.map(exitOf));
    await postgres.stop();
  }
}

async function stopOnce({ postgres }: MigratedPostgres, stop: number): Promise<void> {
  if (stop % 2 === 1) {
    postgres.pause();
    await sleep(1_000 + 600 * (stop % 10));
    return postgres.resume();
  }
  await postgres.kill();
  await sleep(500);
  await postgres.restart();
}

/** Visitors who ask for one page after the other. */
function visitAlways(web: string, statuses: Record<number, number>) {
  let isOver = false;
  let visitors: Promise<void>[] = [];
  const visitor = async (first: number) => {
    for (let page = first; !isOver; page++) {
      const status = await statusOf(`${web}${PAGES[page % PAGES.length]!}`);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  return {
    begin: () => void (visitors = Array.from({ length: VISITORS }, (_, i) => visitor(i))),
    async end() {
      isOver = true;
      await Promise.all(visitors);
    },
  };
}

async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.text();
    return response.status;
  } catch {
    return 0;
  }
}

async function areWhole(web: string): Promise<boolean> {
  for (const page of ['/', '/models', '/claims']) if ((await statusOf(`${web}${page}`)) !== 200) return false;
  return true;
}

const isReady = async (port: number): Promise<boolean> => (await statusOf(`http://127.0.0.1:${port}/ready`)) === 200;

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await isSo()) return;
    await sleep(250);
  }
  throw new Error(`It never happened that ${what}.`);
}

/** Those of nobody's statement in progress: what stays so is looked at twice. */
async function idleInTransaction(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from pg_stat_activity where state = 'idle in transaction' and state_change < now() - interval '5 seconds'`,
    );
    return Number(rows[0]!.count);
  } finally {
    await client.end();
  }
}

function start(args: string[], cwd: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: 'ignore', // what they log while nothing answers would bury what was seen
  });
}

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()),
  );
