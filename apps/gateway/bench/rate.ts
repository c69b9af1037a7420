// All servers in one run, in turns of some hundred calls, each in a process of its own whose CPU time is read before
// and after a turn: what a core can do does not depend on what else the machine has to do.
import { join } from 'node:path';
import { readBenchOptions } from './options.ts';
import { killMeasured, startGatewayProcess, startMeasured, type MeasuredProcess } from './measured-process.ts';
import { openChannelAt, sendPaid } from './payer.ts';
import { reportFigures, round } from './report.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';
import type { PostedCall } from '../test-support/x402-fixture.ts';

const HELP = `npm run bench:rate -w @oml/gateway [-- options]

Calls out of channels per second of CPU, with all that is answered on disk, beside the official batch-settlement server
with its own file storage (which waits for no disk), the same in memory, and the bare engine that is paid nothing.

  --channels N  channels, one call under way in each (8)
  --turns N     turns of each server (6)
  --calls N     calls of each channel and turn (40)
  --write       record the figures in docs/benchmarks/services.{json,md}
  --help        this text`;
const options = readBenchOptions(HELP, { channels: 8, turns: 6, calls: 40 });

interface Seller {
  server: MeasuredProcess;
  call: PostedCall;
  /** The PAYMENT-SIGNATURE of the next call of each buyer; undefined where nothing is paid. */
  buyers: (() => Promise<string | undefined>)[];
  cpuMs: number;
}

const scene = await openBenchScene();
const { chain } = scene;
try {
  const sellers = {
    ours: await openSeller(await startGatewayProcess(scene.env()), 100),
    onFiles: await openSeller(await startOfficial({ CHANNEL_FILES: join(chain.scratch, 'official') }), 200),
    inMemory: await openSeller(await startOfficial({}), 300),
    bare: giveAway(await startMeasured(join(import.meta.dirname, 'bare.ts'), {})),
  };
  const all = Object.values(sellers);
  for (const seller of all) await takeTurn(seller);
  for (const seller of all) seller.cpuMs = 0;
  for (let turn = 0; turn < options.turns; turn++) for (const seller of all) await takeTurn(seller);
  const calls = options.turns * options.channels * options.calls;
  const rate = ({ cpuMs }: Seller) => (calls / cpuMs) * 1_000;
  const shown = (metric: string, seller: Seller) => ({ metric, value: round(rate(seller), 0), unit: '1/s' });
  reportFigures(
    [
      { ...shown('gateway.channelRatePerCore', sellers.ours), target: 'shown' },
      { ...shown('gateway.officialRatePerCore', sellers.onFiles), target: 'shown' },
      { ...shown('gateway.officialRateInMemory', sellers.inMemory), target: 'shown' },
      { ...shown('gateway.bareRatePerCore', sellers.bare), target: 'shown' },
      {
        metric: 'gateway.channelRateRatio',
        value: round(rate(sellers.ours) / rate(sellers.onFiles), 2),
        unit: 'times the official server on files',
        target: '>= 3',
      },
    ],
    {
      anchor:
        `one run: ${calls} calls out of ${options.channels} channels at each server in ${options.turns} turns, by ` +
        `CPU time; ours waits for the disk before it answers, the official one writes files and does not`,
      command: `npm run bench:rate -w @oml/gateway -- --channels ${options.channels} --turns ${options.turns} --calls ${options.calls} --write`,
    },
    options.write,
  );
  await sellers.ours.server.stop();
} finally {
  killMeasured();
  await chain.stop();
}

function startOfficial(storage: { CHANNEL_FILES?: string }): Promise<MeasuredProcess> {
  const env = { RPC_URL: chain.rpcUrl, OML_DEPLOYMENT: chain.deploymentPath, PAYS_BY: 'batch-settlement' };
  return startMeasured(join(import.meta.dirname, 'official.ts'), { ...env, ...storage });
}

async function openSeller(server: MeasuredProcess, salt: number): Promise<Seller> {
  const call = classifyAt(server.url);
  const calls = (options.turns + 1) * options.calls + 1;
  const channels = await Promise.all(
    Array.from({ length: options.channels }, (_, n) =>
      openChannelAt(chain, call, { salt: salt + n, price: PRICE, calls }),
    ),
  );
  return { server, call, buyers: channels.map((channel) => channel.next), cpuMs: 0 };
}

function giveAway(server: MeasuredProcess): Seller {
  const buyers = Array.from({ length: options.channels }, () => async () => undefined);
  return { server, call: classifyAt(server.url), buyers, cpuMs: 0 };
}

/** Vouchers are signed beforehand; then each buyer asks call after call. */
async function takeTurn(seller: Seller): Promise<void> {
  const payments: (string | undefined)[][] = [];
  for (const next of seller.buyers) {
    const own: (string | undefined)[] = [];
    for (let n = 0; n < options.calls; n++) own.push(await next());
    payments.push(own);
  }
  const before = (await seller.server.usage()).cpuMs;
  await Promise.all(
    payments.map(async (own) => {
      for (const payment of own) await sendPaid(seller.call, payment);
    }),
  );
  seller.cpuMs += (await seller.server.usage()).cpuMs - before;
}
