// Both servers in one run, in turns of some hundred calls, each in a process of its own whose CPU time is read before
// and after a turn: what a core can do does not depend on what else the machine has to do.
import { join } from 'node:path';
import { readBenchOptions } from './options.ts';
import { killMeasured, startGatewayProcess, startMeasured, type MeasuredProcess } from './measured-process.ts';
import { openChannelAt, sendPaid, type OpenChannel } from './payer.ts';
import { reportFigures, round } from './report.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';
import type { PostedCall } from '../test-support/x402-fixture.ts';

const HELP = `npm run bench:rate -w @oml/gateway [-- options]

Calls out of channels per second of CPU, beside the official batch-settlement server with its channels in memory.

  --channels N  channels, one call under way in each (8)
  --turns N     turns of each server (6)
  --calls N     calls of each channel and turn (40)
  --write       record the figures in docs/benchmarks/services.{json,md}
  --help        this text`;
const options = readBenchOptions(HELP, { channels: 8, turns: 6, calls: 40 });

interface Seller {
  server: MeasuredProcess;
  call: PostedCall;
  channels: OpenChannel[];
  cpuMs: number;
}

const scene = await openBenchScene();
const { chain } = scene;
try {
  const ours = await openSeller(await startGatewayProcess(scene.env()), 100);
  const env = { RPC_URL: chain.rpcUrl, OML_DEPLOYMENT: chain.deploymentPath, PAYS_BY: 'batch-settlement' };
  const theirs = await openSeller(await startMeasured(join(import.meta.dirname, 'official.ts'), env), 200);
  for (const seller of [ours, theirs]) await takeTurn(seller);
  for (const seller of [ours, theirs]) seller.cpuMs = 0;
  for (let turn = 0; turn < options.turns; turn++) for (const seller of [ours, theirs]) await takeTurn(seller);
  const calls = options.turns * options.channels * options.calls;
  const perCpuSecond = ({ cpuMs }: Seller) => (calls / cpuMs) * 1_000;
  reportFigures(
    [
      { metric: 'gateway.channelRatePerCore', value: round(perCpuSecond(ours), 0), unit: '1/s', target: 'shown' },
      { metric: 'gateway.officialRatePerCore', value: round(perCpuSecond(theirs), 0), unit: '1/s', target: 'shown' },
      {
        metric: 'gateway.channelRateRatio',
        value: round(perCpuSecond(ours) / perCpuSecond(theirs), 2),
        unit: 'times',
        target: '>= 3',
      },
    ],
    {
      anchor: `one run: ${calls} calls out of ${options.channels} channels at each server in ${options.turns} turns, by CPU time`,
      command: `npm run bench:rate -w @oml/gateway -- --channels ${options.channels} --turns ${options.turns} --calls ${options.calls} --write`,
    },
    options.write,
  );
  await ours.server.stop();
} finally {
  killMeasured();
  await chain.stop();
}

async function openSeller(server: MeasuredProcess, salt: number): Promise<Seller> {
  const call = classifyAt(server.url);
  const calls = (options.turns + 1) * options.calls + 1;
  const channels = await Promise.all(
    Array.from({ length: options.channels }, (_, n) =>
      openChannelAt(chain, call, { salt: salt + n, price: PRICE, calls }),
    ),
  );
  return { server, call, channels, cpuMs: 0 };
}

/** Vouchers are signed beforehand; then each channel pays call after call. */
async function takeTurn(seller: Seller): Promise<void> {
  const vouchers: string[][] = [];
  for (const channel of seller.channels) {
    const own: string[] = [];
    for (let n = 0; n < options.calls; n++) own.push(await channel.next());
    vouchers.push(own);
  }
  const before = (await seller.server.usage()).cpuMs;
  await Promise.all(
    vouchers.map(async (own) => {
      for (const voucher of own) await sendPaid(seller.call, voucher);
    }),
  );
  seller.cpuMs += (await seller.server.usage()).cpuMs - before;
}
