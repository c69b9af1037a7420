import type { NoticeJson } from '@oml/protocol/wire/notice';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../../test-support/database.ts';
import { openDatabase, type Database } from '../client.ts';
import { endDelivery, handOver, noteDeliveries, takeDeliveries, type TakenDelivery } from './deliveries.ts';
import { HELLO, subscribe } from './subscriptions.ts';

const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const AT = { block: 10n, depth: 0n };

let postgres: MigratedPostgres;
let db: Database;
let subscriptionId: string;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres?.stop();
});
beforeEach(async () => {
  await db.subscription.deleteMany();
  await db.asked.deleteMany();
  const asked = { account: ACCOUNT, channel: 'webhook', target: 'https://example.org/', origin: 'http://x' } as const;
  ({ subscriptionId } = (await subscribe(db, asked, new Date())).row);
  await db.delivery.deleteMany({ where: { key: HELLO } });
});

const notice = (key: string): NoticeJson => ({
  kind: 'bond-low',
  key,
  account: ACCOUNT,
  at: '2026-01-01T00:00:00.000Z',
  isOpen: true,
  bond: '1',
  reserved: '2',
});
const note = (keys: string[], at = AT) =>
  noteDeliveries(
    db,
    [subscriptionId],
    keys.map((key) => ({ subscriptionId, notice: notice(key) })),
    at,
  );
const states = async () =>
  Object.fromEntries((await db.delivery.findMany()).map(({ key, state }) => [key, state] as const));
const takeOne = async (owner: string) => (await takeDeliveries(db, owner, 1))[0]!;
/** The lease of whoever has it is over. */
const die = () => db.$executeRaw`update site.delivery set due_at = now() - interval '1 second'`;

it('gives each delivery to one of many hands', async () => {
  await note(Array.from({ length: 40 }, (_, i) => `n${i}`));
  const hands = await Promise.all(
    Array.from({ length: 8 }, async (_, hand) => {
      const got: string[] = [];
      for (let taken: TakenDelivery[]; (taken = await takeDeliveries(db, `hand ${hand}`, 3)).length > 0;)
        got.push(...taken.map(({ key }) => key));
      return got;
    }),
  );
  expect(hands.flat()).toHaveLength(40);
  expect(new Set(hands.flat()).size).toBe(40);
});

it('notes a fact once, however often it is seen, and drops what fell before it was due', async () => {
  await note(['a', 'b'], { block: 10n, depth: 3n });
  await note(['a'], { block: 12n, depth: 3n });
  expect(await states()).toEqual({ a: 'seen' });
  await note(['a'], { block: 13n, depth: 3n });
  expect(await states()).toEqual({ a: 'due' });
  const taken = await takeOne('one');
  await endDelivery(db, 'one', taken, { state: 'sent' });
  await note(['a'], { block: 99n, depth: 3n });
  await note([], { block: 100n, depth: 3n });
  expect(await states()).toEqual({ a: 'sent' });
  expect(await takeDeliveries(db, 'one', 9)).toEqual([]);
});

it('sends again what a dead hand had not let go, and never what it may have', async () => {
  await note(['kept', 'left']);
  const [one, other] = (await takeDeliveries(db, 'dead', 2)).toSorted((a, b) => a.key.localeCompare(b.key));
  expect(await handOver(db, 'dead', other!)).toBe(true);
  await die();
  const again = await takeDeliveries(db, 'next', 9);
  expect(again.map(({ key, attempts }) => [key, attempts])).toEqual([['kept', 2]]);
  expect(await states()).toEqual({ kept: 'taken', left: 'unsure' });
  // The one that was taken for dead comes back: nothing of it is its own any more.
  expect(await handOver(db, 'dead', one!)).toBe(false);
  await endDelivery(db, 'dead', one!, { state: 'failed' });
  expect(await states()).toEqual({ kept: 'taken', left: 'unsure' });
});

it('waits between tries, and stops a target that takes nothing', async () => {
  for (let i = 0; i < 5; i++) {
    await note([`n${i}`]);
    const taken = await takeOne('one');
    await endDelivery(db, 'one', taken, { state: 'failed', retryMs: 60_000 });
    expect(await takeDeliveries(db, 'one', 9)).toEqual([]);
    await die();
    await endDelivery(db, 'one', await takeOne('one'), { state: 'failed', fault: 'target' });
  }
  expect((await db.subscription.findUniqueOrThrow({ where: { subscriptionId } })).stoppedAt).toBeInstanceOf(Date);
  await note(['more']);
  expect(await takeDeliveries(db, 'one', 9)).toEqual([]);
});

it('blames no target where the mail server is down', async () => {
  for (let i = 0; i < 6; i++) {
    await note([`n${i}`]);
    await endDelivery(db, 'one', await takeOne('one'), { state: 'failed' });
  }
  expect(await db.subscription.findUniqueOrThrow({ where: { subscriptionId } })).toMatchObject({
    failures: 0,
    stoppedAt: null,
  });
});
