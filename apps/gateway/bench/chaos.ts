// Two gateways on one PostgreSQL, real processes on a real chain, while everything around them fails. What buyers hold
// in the end must be what was charged and what the chain paid, to the unit.
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@oml/program/test-support/postgres';
import { sql } from 'kysely';
import { BUYER, freePort, KEYS, waitFor } from '../test-support/chain-fixture.ts';
import { bindKey } from '../test-support/host-fixture.ts';
import { dollarsOf } from '../test-support/x402-fixture.ts';
import { balance, heldBack } from './chaos/books.ts';
import { buyFromChannels, buyOneByOne, type Use } from './chaos/buyers.ts';
import { createDice } from './chaos/dice.ts';
import { goWrong, restart, type Seat, type World } from './chaos/faults.ts';
import { startFaultyRpc } from './chaos/rpc-faults.ts';
import { killMeasured, startGatewayProcess } from './measured-process.ts';
import { readBenchOptions } from './options.ts';
import { reportFigures } from './report.ts';
import { openBenchScene } from './scene.ts';
import { openGatewayStore } from '../src/store.ts';

const HELP = `npm run bench:chaos -w @oml/gateway [-- options]

Paid calls of both schemes at two gateways on one PostgreSQL under SIGKILL, store restarts, a node that is down, slow,
behind, lying or cut off, reorganised blocks, retries, duplicates and hang-ups; then the books.

  --calls N     uses that end with a receipt (10000)
  --channels N  buyers who pay out of channels (24)
  --exact N     buyers who pay one by one (6)
  --seed N      of what goes wrong (1)
  --write       record the figures in docs/benchmarks/services.{json,md}
  --help        this text`;
const options = readBenchOptions(HELP, { calls: 10_000, channels: 24, exact: 6, seed: 1 });
const BOOKED_WITHIN_MS = 300_000;

const dice = createDice(options.seed);
const scene = await openBenchScene();
const { chain, vault } = scene;
const postgres = await startPostgres();
const STORE = postgres.url('postgres');
const rpc = await startFaultyRpc(chain.rpcUrl);
try {
  await bindKey(chain, KEYS.OUTSIDER); // collects for the second gateway
  const seats: Seat[] = [];
  for (const GAS_KEY of [KEYS.GAS, KEYS.OUTSIDER]) {
    const env = scene.env({ STORE, RPC_URL: rpc.url, GAS_KEY });
    const port = await freePort();
    seats.push({ env, port, process: await startGatewayProcess(env, port) });
  }
  const before = await dollarsOf(chain, BUYER.address);
  const world: World = { chain, dice, rpc, seats, restartStore: () => postgres.restart() };
  const { uses, faults } = await trade(world);
  for (const seat of seats) {
    seat.env = { ...seat.env, COLLECT_AFTER: '0' };
    await restart(seat);
  }
  await untilBooked();
  const { answered, channelIds } = await readStore();
  const spent = before - (await dollarsOf(chain, BUYER.address)) - (await heldBack(chain, channelIds));
  const books = await balance(chain, vault, uses, answered, spent);
  report(books, faults);
} finally {
  killMeasured();
  await rpc.close();
  await chain.stop();
  await postgres.stop();
}

/** Buyers buy and things go wrong, until enough uses have their receipt; then the buyers finish what they began. */
async function trade(world: World): Promise<{ uses: Use[]; faults: Map<string, number> }> {
  const uses: Use[] = [];
  const faults = new Map<string, number>();
  const isOver = () => uses.length >= options.calls;
  const urls = world.seats.map(({ port }) => `http://127.0.0.1:${port}`);
  const market = { chain, dice, urls, isOver, done: (use: Use) => void uses.push(use) };
  const buying = Promise.all([
    ...Array.from({ length: options.channels }, (_, n) => buyFromChannels(market, 10_000 * (n + 1))),
    ...Array.from({ length: options.exact }, () => buyOneByOne(market)),
  ]);
  let bought = false;
  const started = Date.now();
  const bad = (async () => {
    while (!isOver() && !bought) {
      await sleep(500 + dice.below(2_500));
      const what = await goWrong(world);
      faults.set(what, (faults.get(what) ?? 0) + 1);
      console.log(`${Math.round((Date.now() - started) / 1_000)} s · ${uses.length} uses · ${what}`);
    }
  })();
  await buying.finally(() => (bought = true));
  await bad;
  return { uses, faults };
}

async function ask<Row extends object>(query: string): Promise<Row[]> {
  const opened = await openGatewayStore(STORE);
  try {
    return (await sql.raw<Row>(query).execute(opened.db)).rows;
  } finally {
    await opened.close();
  }
}

/** Until nothing that was charged waits for its booking. */
async function untilBooked(): Promise<void> {
  const open = `select count(*)::int as n from (
    select 1 from gateway.channel where booked <> charged
    union all select 1 from gateway.payment where state = 'settled' and booked_at is null) as waiting`;
  await waitFor(async () => (await ask<{ n: number }>(open))[0]!.n === 0, BOOKED_WITHIN_MS).catch((error) =>
    console.error(String(error)),
  );
}

async function readStore() {
  const [count] = await ask<{ n: number }>('select count(*)::int as n from gateway.answer');
  const rows = await ask<{ id: `0x${string}` }>('select channel_id as id from gateway.channel');
  return { answered: count!.n, channelIds: rows.map(({ id }) => id) };
}

function report(books: Awaited<ReturnType<typeof balance>>, faults: Map<string, number>): void {
  const figure = (metric: string, value: number, unit: string, target: string) => ({ metric, value, unit, target });
  const kinds = [...faults].map(([what, times]) => `${what} ${times} times`).join(', ');
  reportFigures(
    [
      figure('chaos.calls', books.calls, 'paid uses with a receipt', '>= 10000'),
      figure('chaos.doubleCharges', books.doubleCharges, 'uses', '0'),
      figure('chaos.lostVouchers', books.lostVouchers, 'receipts that are not booked', '0'),
      figure('chaos.unreceipted', books.unreceipted, 'charges without a receipt', '0'),
      figure('chaos.moneyGap', Number(books.moneyGap), 'smallest unit', '0'),
    ],
    {
      anchor: `two gateways on one PostgreSQL, ${options.channels} buyers with channels and ${options.exact} who pay one by one; ${kinds}`,
      command: `npm run bench:chaos -w @oml/gateway -- --calls ${options.calls} --seed ${options.seed} --write`,
    },
    options.write,
  );
  const isRight = [books.doubleCharges, books.lostVouchers, books.unreceipted].every((n) => n === 0);
  if (!isRight || books.moneyGap !== 0n) process.exitCode = 1;
}
