// The gateway is a process of its own; its buyers are the official client. Gas is all that the gas account spends, from
// the first deposit to the last payout.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUYER, GAS, KEYS, startChain, waitFor, type TestChain } from '../test-support/chain-fixture.ts';
import { channelClient, postVoucher, termsOf } from '../test-support/channels.ts';
import {
  gatewayEnv,
  giveDollars,
  MODELS,
  openAccount,
  publishModel,
  takeLicense,
} from '../test-support/host-fixture.ts';
import { killLaunched, launch, stored } from '../test-support/launched.ts';
import { officialClient, post, type PostedCall } from '../test-support/x402-fixture.ts';
import { readBenchOptions } from './options.ts';
import { reportFigures, round, shareOf, type Figure } from './report.ts';

const HELP = `npm run bench -w @oml/gateway [-- options]

The same classifier sold by exact payments and out of channels, side by side on a real chain of one-second blocks.

  --channels N  channels (10)
  --calls N     calls out of each of them (100)
  --exact N     calls paid one by one (60)
  --write       record the figures in docs/benchmarks/services.{json,md}
  --help        this text`;
const options = readBenchOptions(HELP, { channels: 10, calls: 100, exact: 60 });
const { channels: CHANNELS, calls: CALLS, exact: EXACT } = options;
const PRICE = 1_000n;

interface Run {
  perSecond: number;
  /** In ms. */
  latencies: number[];
  gasPerCall: number;
}

interface Paid {
  latencies: number[];
  ended: number;
  calls: number;
}

const chain = await startChain();
try {
  await giveDollars(chain, BUYER.address);
  await openAccount(chain);
  const { licenseId } = await takeLicense(chain, await publishModel(chain, 'digits'));
  const listing = {
    model: 'digits',
    kind: 'classifier' as const,
    licenseId,
    price: PRICE,
    folder: join(MODELS, 'digits'),
  };
  const env = gatewayEnv(chain, [listing], { COLLECT_AFTER: '43200', COLLECT_ABOVE: '1000000000000' });
  const gateway = await launch(env);
  const call = classifyAt(gateway.url);
  const exact = await measured(chain, () => payExact(call));
  const channel = await measured(chain, async () => {
    const latencies = await payFromChannels(call);
    const ended = Date.now();
    await gateway.kill();
    await collectAll({ ...env, COLLECT_AFTER: '0' });
    return { latencies, ended, calls: CHANNELS * CALLS };
  });
  report(exact, channel);
} finally {
  killLaunched();
  await chain.stop();
}

function classifyAt(url: string): PostedCall {
  const image = readFileSync(join(MODELS, 'digits', 'heldout.u8')).subarray(0, 28 * 28);
  const body = { model: 'digits', dtype: 'uint8', shape: [1, 1, 28, 28], data: image.toString('base64') };
  return { url: `${url}/v1/classify`, body };
}

/** Eight at a time, as a busy host has them. */
async function payExact(call: PostedCall): Promise<Paid> {
  const client = officialClient(chain);
  const latencies: number[] = [];
  let left = EXACT;
  const buyer = async () => {
    while (left-- > 0) {
      const since = performance.now();
      const response = await post(call, await client.createPaymentPayload(await termsOf(call)));
      if (!response.ok) throw new Error(`an exact call failed: ${await response.text()}`);
      latencies.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: 8 }, buyer));
  return { latencies, ended: Date.now(), calls: EXACT };
}

/**
 * Every channel by a client of its own; terms are asked for before each call, as `@x402/fetch` does. They open one after
 * another, as a host takes the deposits of one payer, and are used all at once.
 */
async function payFromChannels(call: PostedCall): Promise<number[]> {
  const clients = Array.from({ length: CHANNELS }, (_, salt) =>
    channelClient(chain, { salt: salt + 1, deposit: PRICE * BigInt(CALLS) }),
  );
  const pay = async (buyer: ReturnType<typeof channelClient>) => {
    const since = performance.now();
    const response = await postVoucher(buyer, call, await buyer.client.createPaymentPayload(await termsOf(call)));
    if (!response.ok) throw new Error(`a channel call failed: ${await response.text()}`);
    return performance.now() - since;
  };
  for (const buyer of clients) await pay(buyer); // deposits
  const latencies: number[] = [];
  await Promise.all(
    clients.map(async (buyer) => {
      for (let n = 1; n < CALLS; n++) latencies.push(await pay(buyer));
    }),
  );
  return latencies;
}

async function collectAll(env: Record<string, string>): Promise<void> {
  const { kill } = await launch(env);
  await waitFor(
    async () => stored(env, 'SELECT 1 FROM channel WHERE distributed = charged').length === CHANNELS,
    120_000,
  );
  await kill();
}

async function measured({ as }: TestChain, work: () => Promise<Paid>): Promise<Run> {
  const { publicClient } = as(KEYS.BUYER);
  const from = await publicClient.getBlockNumber();
  const since = Date.now();
  const { latencies, ended, calls } = await work();
  await waitFor(async () => (await publicClient.getBlock({ blockTag: 'pending' })).transactions.length === 0);
  const to = await publicClient.getBlockNumber();
  let gas = 0n;
  for (let number = from + 1n; number <= to; number++) {
    const { transactions } = await publicClient.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { hash, from: sender } of transactions)
      if (sender.toLowerCase() === GAS.address.toLowerCase())
        gas += (await publicClient.getTransactionReceipt({ hash })).gasUsed;
  }
  return {
    perSecond: (calls / (ended - since)) * 1_000,
    latencies,
    gasPerCall: Number(gas) / calls,
  };
}

function report(exact: Run, channel: Run): void {
  const figures = [
    figure('gateway.exactCallsPerSecond', round(exact.perSecond, 1), '1/s', 'shown'),
    figure('gateway.channelCallsPerSecond', round(channel.perSecond, 1), '1/s', 'shown'),
    figure('gateway.channelToExactRate', round(channel.perSecond / exact.perSecond, 1), 'times', '>= 3'),
    figure('gateway.exactMedianMs', shareOf(exact.latencies, 0.5), 'ms', 'shown'),
    figure('gateway.channelMedianMs', shareOf(channel.latencies, 0.5), 'ms', 'shown'),
    figure('gateway.channelP95Ms', shareOf(channel.latencies, 0.95), 'ms', 'shown'),
    figure('gateway.gasPerExactCall', round(exact.gasPerCall, 0), 'gas', 'shown'),
    figure('gateway.gasPerChannelCall', round(channel.gasPerCall, 0), 'gas', '<= 300 at 10 channels of 1,000 calls'),
  ];
  const run = {
    anchor: `one run: ${EXACT} exact calls by 8 buyers, ${CHANNELS} channels of ${CALLS} calls at once`,
    command: `npm run bench -w @oml/gateway -- --channels ${CHANNELS} --calls ${CALLS} --write`,
  };
  reportFigures(figures, run, options.write);
}

function figure(metric: string, value: number, unit: string, target: string): Figure {
  return { metric, value, unit, target };
}
