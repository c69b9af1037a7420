// Stores with few and with many channels, and one or two gateways on them, all in one run and in turns.
import { startPostgres } from '@oml/program/test-support/postgres';
import { sql } from 'kysely';
import { join } from 'node:path';
import { openGatewayStore } from '../src/store.ts';
import { KEYS } from '../test-support/chain-fixture.ts';
import { bindKey } from '../test-support/host-fixture.ts';
import { killMeasured, startGatewayProcess, type MeasuredProcess } from './measured-process.ts';
import { readBenchOptions } from './options.ts';
import { openChannelAt, sendPaid, type OpenChannel } from './payer.ts';
import { reportFigures, round } from './report.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';

const HELP = `npm run bench:flatness -w @oml/gateway [-- options]

What a call costs a gateway whose store holds 10 or 100,000 channels, on SQLite and on PostgreSQL, and two gateways on one
PostgreSQL.

  --many N    channels of the full stores (100000)
  --turns N   turns of each store (6)
  --calls N   calls of each channel and turn, in eight channels at once (40)
  --write     record the figures in docs/benchmarks/services.{json,md}
  --help      this text`;
const { many, turns, calls, write } = readBenchOptions(HELP, { many: 100_000, turns: 6, calls: 40 });
const [FEW, AT_ONCE] = [10, 8];

/** Gateways on one store, and the channels that are called out of. */
interface House {
  gateways: MeasuredProcess[];
  channels: { at: MeasuredProcess; channel: OpenChannel }[];
  cpuMs: number;
}

const scene = await openBenchScene();
const { chain } = scene;
const postgres = await startPostgres();
let salt = 0;
try {
  await bindKey(chain, KEYS.OUTSIDER);
  const houses = {
    fewSqlite: await openHouse(FEW, undefined),
    manySqlite: await openHouse(many, undefined),
    fewPostgres: await openHouse(FEW, await createDatabase('few')),
    manyPostgres: await openHouse(many, await createDatabase('many')),
    replicas: await openHouse(FEW, await createDatabase('replicas'), [KEYS.GAS, KEYS.OUTSIDER]),
  };
  const all = Object.values(houses);
  for (const house of all) await takeTurn(house);
  for (const house of all) house.cpuMs = 0;
  for (let turn = 0; turn < turns; turn++) for (const house of all) await takeTurn(house);
  const perCall = ({ cpuMs }: House) => round(cpuMs / (turns * calls * AT_ONCE));
  const ratio = (one: House, other: House) => round(one.cpuMs / other.cpuMs);
  const { fewSqlite, manySqlite, fewPostgres, manyPostgres, replicas } = houses;
  const flat = Math.max(ratio(manySqlite, fewSqlite), ratio(manyPostgres, fewPostgres));
  reportFigures(
    [
      { metric: 'gateway.flatness100kChannels', value: flat, unit: 'CPU of 10 channels', target: '<= 1.2' },
      {
        metric: 'gateway.replicaCpuRatio',
        value: ratio(replicas, fewPostgres),
        unit: 'CPU of one gateway',
        target: '<= 1.2',
      },
    ],
    {
      anchor:
        `one run, CPU of the gateways a call: SQLite with ${FEW} channels ${perCall(fewSqlite)} ms, with ${many} ` +
        `${perCall(manySqlite)} ms; PostgreSQL ${perCall(fewPostgres)} and ${perCall(manyPostgres)} ms; ` +
        `two gateways on one ${perCall(replicas)} ms`,
      command: `npm run bench:flatness -w @oml/gateway -- --many ${many} --turns ${turns} --calls ${calls} --write`,
    },
    write,
  );
} finally {
  killMeasured();
  await chain.stop();
  await postgres.stop();
}

async function createDatabase(name: string): Promise<string> {
  const admin = await openGatewayStore(postgres.url('postgres'));
  await sql.raw(`create database ${name}`).execute(admin.db);
  await admin.close();
  return postgres.url(name);
}

async function openHouse(count: number, store: string | undefined, gasKeys = [KEYS.GAS as string]): Promise<House> {
  const shared = scene.env(store ? { STORE: store } : {});
  await fill(store ?? join(shared['DATA_DIR']!, 'gateway.sqlite'), count - AT_ONCE);
  const gateways: MeasuredProcess[] = [];
  for (const GAS_KEY of gasKeys)
    gateways.push(await startGatewayProcess(gasKeys.length > 1 ? scene.env({ STORE: store!, GAS_KEY }) : shared));
  const channels: House['channels'] = [];
  for (let n = 0; n < AT_ONCE; n++) {
    const at = gateways[n % gateways.length]!;
    const opening = { salt: ++salt, price: PRICE, calls: (turns + 1) * calls + 1 };
    channels.push({ at, channel: await openChannelAt(chain, classifyAt(at.url), opening) });
  }
  return { gateways, channels, cpuMs: 0 };
}

/** Channels that were used, collected and paid out, one in a hundred with a charge that waits to be collected. */
async function fill(url: string, count: number): Promise<void> {
  const store = await openGatewayStore(url);
  const word = (n: number) => `0x${(n + 1).toString(16).padStart(64, '0')}` as const;
  const address = (n: number) => `0x${(n + 1).toString(16).padStart(40, '0')}` as const;
  const config = JSON.stringify({ receiver: scene.vault });
  const now = Date.now();
  for (let from = 0; from < count; from += 500)
    await store.transaction(async (db) => {
      const rows = Array.from({ length: Math.min(500, count - from) }, (_, i) => {
        const isOpen = (from + i) % 100 === 0;
        return {
          channel_id: word(from + i),
          config,
          vault: scene.vault,
          client: address(from + i),
          charged: '5000',
          booked: isOpen ? '4000' : '5000',
          distributed: isOpen ? '4000' : '5000',
          uncollected_since: isOpen ? now : null,
          created_at: now,
        };
      });
      await db.insertInto('channel').values(rows).execute();
    });
  await store.close();
}

/** Vouchers are signed beforehand. */
async function takeTurn(house: House): Promise<void> {
  const vouchers: string[][] = [];
  for (const { channel } of house.channels) {
    const own: string[] = [];
    for (let n = 0; n < calls; n++) own.push(await channel.next());
    vouchers.push(own);
  }
  const used = async () => {
    let sum = 0;
    for (const gateway of house.gateways) sum += (await gateway.usage()).cpuMs;
    return sum;
  };
  const before = await used();
  await Promise.all(
    vouchers.map(async (own, n) => {
      for (const voucher of own) await sendPaid(classifyAt(house.channels[n]!.at.url), voucher);
    }),
  );
  house.cpuMs += (await used()) - before;
}
