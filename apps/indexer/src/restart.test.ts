import { openDatabase, type Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { freePort } from '@oml/service/test-support/dev-chain';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp, openIndex, rowsOf } from '../test-support/index-of.ts';
import type { InstantChain } from '../test-support/instant-chain.ts';
import { startWorld, type World } from '../test-support/world.ts';

let world: World;
let chain: InstantChain;
/** What an indexer that nothing happened to says. */
let expected: Awaited<ReturnType<typeof rowsOf>>;
const opened: Database[] = [];

async function freshDatabase(): Promise<{ url: string; db: Database }> {
  const url = await world.freshDatabase();
  const db = openDatabase(url);
  opened.push(db);
  return { url, db };
}

beforeAll(async () => {
  world = await startWorld();
  chain = world.chain;
  const { story } = world;
  const model = await story.publish();
  await story.depositBond(400_000_000n);
  await story.bindSigner();
  await story.stake();
  const { licenseId, vault } = await story.license(model);
  for (let i = 0; i < 12; i++) {
    await story.book(vault);
    await chain.mine(60);
  }
  const proven = await story.evidence(licenseId);
  await story.accuse(proven);
  await story.book(vault, { nonce: proven.nonce });
  await story.finalise(proven);
  await catchUp(world.indexer);
  expected = await rowsOf(world.db);
}, 600_000);
afterAll(async () => {
  await Promise.all(opened.map((database) => database.$disconnect()));
  await world?.stop();
});

/** A database whose `n`th statement inside a transaction fails, as if the power went. */
function failingAt(db: Database, n: number): Database {
  let count = 0;
  const wrap =
    (call: (...args: never[]) => unknown, self: object) =>
    (...args: never[]) => {
      if (++count === n) throw new Error('the power went');
      return call.apply(self, args);
    };
  const delegate = (target: object): object =>
    new Proxy(target, {
      get: (object, name) =>
        typeof Reflect.get(object, name) === 'function'
          ? wrap(Reflect.get(object, name) as never, object)
          : Reflect.get(object, name),
    });
  const transaction = (tx: object): object =>
    new Proxy(tx, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (typeof value === 'function') return wrap(value as never, object);
        return typeof value === 'object' && value !== null ? delegate(value) : value;
      },
    });
  return new Proxy(db, {
    get: (object, name) => {
      if (name !== '$transaction') return Reflect.get(object, name) as unknown;
      return (work: (tx: object) => Promise<unknown>, options: object) =>
        object.$transaction((tx) => work(transaction(tx)), options);
    },
  });
}

describe('an indexer that is stopped', { timeout: 600_000 }, () => {
  it('at any statement of a range leaves nothing of it, and goes on to the same rows', async () => {
    const { url, db } = await freshDatabase();
    let failures = 0;
    for (let more = true; more;) {
      const before = await rowsOf(db);
      for (let n = 1; ; n += 5) {
        const outcome = await openIndex(chain, url, failingAt(db, n))
          .indexer.step()
          .catch((error: Error) => error);
        if (typeof outcome === 'boolean') {
          more = outcome;
          break;
        }
        expect(outcome.message).toBe('the power went');
        expect(await rowsOf(db), `after statement ${n}`).toEqual(before);
        failures++;
      }
    }
    expect(failures).toBeGreaterThan(30);
    expect(await rowsOf(db)).toEqual(expected);
  });

  it('by SIGKILL, again and again, loses and doubles nothing', async () => {
    const { url, db } = await freshDatabase();
    const head = await chain.publicClient.getBlockNumber();
    let kills = 0;
    for (let reached = 0n; reached < head - 200n; kills++) {
      const child = start(url, await freePort());
      reached = await until(
        async () => (await indexStatus(db))?.indexedBlock,
        (block) => block > reached + 60n,
      );
      child.kill('SIGKILL');
      await exitOf(child);
    }
    expect(kills).toBeGreaterThan(2);

    const port = await freePort();
    const last = start(url, port);
    await until(
      () => get(port, '/status'),
      (status) => status.lag === '0',
    );
    expect(await get(port, '/ready')).toEqual({ ready: true });
    expect(await get(port, '/health')).toMatchObject({ ok: true, name: 'indexer' });
    const end = { head: String(head), indexedBlock: String(head), lag: '0', omittedLogs: 0 };
    expect(await get(port, '/status')).toMatchObject(end);
    last.kill('SIGTERM');
    expect(await exitOf(last)).toBe(0);
    expect(await rowsOf(db)).toEqual(expected);
  });

  it('beside another one on the same database gives way, and the rows are written once', async () => {
    const { url, db } = await freshDatabase();
    const indexers = [1, 2, 3].map(() => openIndex(chain, url, db).indexer);
    const codes = new Set<unknown>();
    for (let more = true; more;) {
      const steps = await Promise.allSettled(indexers.map((indexer) => indexer.step()));
      more = steps.some((step) => step.status === 'rejected' || step.value);
      for (const step of steps) if (step.status === 'rejected') codes.add((step.reason as { code?: unknown }).code);
    }
    expect(await rowsOf(db)).toEqual(expected);
    expect([...codes]).toEqual(['CONFLICT']);
  });

  it('names what is missing in its environment', async () => {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr?.on('data', (part: Buffer) => (text += part.toString()));
    expect(await exitOf(child)).toBe(1);
    expect(text).toMatch(/^ENV_MISSING: Set RPC_URL, OML_DEPLOYMENT, DATABASE_URL/);
  });
});

const MAIN = join(import.meta.dirname, 'main.ts');

function start(url: string, port: number): ChildProcess {
  const env = {
    ...process.env,
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    DATABASE_URL: url,
    PORT: String(port),
    LOG_LEVEL: 'error',
  };
  return spawn(process.execPath, [MAIN], { env, stdio: 'ignore' });
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve(child.exitCode) : child.once('exit', resolve),
  );

async function get(port: number, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  return response ? ((await response.json()) as Record<string, unknown>) : {};
}

async function until<Value>(
  read: () => Promise<Value | undefined>,
  isEnough: (value: Value) => boolean,
): Promise<Value> {
  for (let i = 0; i < 25_000; i++) {
    const value = await read();
    if (value !== undefined && isEnough(value)) return value;
    await sleep(20);
  }
  throw new Error('it did not happen in time');
}
