// Every payment of `exact` is a transaction: on a chain that mines at once, what is left is what the servers do.
import { revenueVaultAbi } from '@oml/contracts/abis';
import { join } from 'node:path';
import { getAbiItem, isAddressEqual, toFunctionSelector } from 'viem';
import { controlsOf, GAS, KEYS } from '../test-support/chain-fixture.ts';
import { termsOf } from '../test-support/channels.ts';
import { officialClient, type PostedCall } from '../test-support/x402-fixture.ts';
import { killMeasured, startGatewayProcess, startMeasured, type MeasuredProcess } from './measured-process.ts';
import { readBenchOptions } from './options.ts';
import { paymentHeader, sendPaid } from './payer.ts';
import { reportFigures, round, shareOf } from './report.ts';
import { classifyAt, openBenchScene } from './scene.ts';

const HELP = `npm run bench:exact -w @oml/gateway [-- options]

Calls paid one by one, beside the official middleware with its own facilitator in its process, in turns.

  --turns N   turns of each server (8)
  --calls N   calls of each turn, four under way at once (40)
  --write     record the figures in docs/benchmarks/services.{json,md}
  --help      this text`;
const { turns, calls, write } = readBenchOptions(HELP, { turns: 8, calls: 40 });
const AT_ONCE = 4;

interface Seller {
  server: MeasuredProcess;
  call: PostedCall;
  cpuMs: number;
  latencies: number[];
}

const scene = await openBenchScene();
const { chain } = scene;
const { publicClient } = chain.as(KEYS.BUYER);
try {
  const env = { RPC_URL: chain.rpcUrl, OML_DEPLOYMENT: chain.deploymentPath, PAYS_BY: 'exact' };
  const sellers: [Seller, Seller] = [
    sellerAt(await startGatewayProcess(scene.env())),
    sellerAt(await startMeasured(join(import.meta.dirname, 'official.ts'), env)),
  ];
  await controlsOf(chain).setAutomine(true);
  for (const seller of sellers) await takeTurn(seller);
  for (const seller of sellers) Object.assign(seller, { cpuMs: 0, latencies: [] });
  const from = await publicClient.getBlockNumber();
  for (let turn = 0; turn < turns; turn++) for (const seller of sellers) await takeTurn(seller);
  const sent = await bookingsSince(from);
  const [ours, theirs] = sellers;
  const medians = [shareOf(ours.latencies, 0.5), shareOf(theirs.latencies, 0.5)] as const;
  const total = turns * calls;
  const figure = (metric: string, value: number, unit: string, target: string) => ({ metric, value, unit, target });
  reportFigures(
    [
      figure('gateway.exactLatencyRatio', round(medians[0] / medians[1]), 'times', '<= 1.1'),
      figure('gateway.exactCpuRatio', round(ours.cpuMs / theirs.cpuMs), 'times', '<= 1.5'),
      figure('gateway.exactTransactions', round(sent / total), 'that settle and book a call', '1'),
    ],
    {
      anchor:
        `one run on a chain that mines at once: ${total} exact calls at each server in ${turns} turns; ` +
        `medians ${medians[0]} and ${medians[1]} ms, CPU ${round(ours.cpuMs / total)} and ${round(theirs.cpuMs / total)} ms a call`,
      command: `npm run bench:exact -w @oml/gateway -- --turns ${turns} --calls ${calls} --write`,
    },
    write,
  );
} finally {
  killMeasured();
  await chain.stop();
}

/** Transactions of the gateway that take payments; splitting them among those entitled is not a call's business. */
async function bookingsSince(from: bigint): Promise<number> {
  const selector = toFunctionSelector(getAbiItem({ abi: revenueVaultAbi, name: 'bookExact' }));
  let found = 0;
  for (let blockNumber = await publicClient.getBlockNumber(); blockNumber > from; blockNumber--) {
    const { transactions } = await publicClient.getBlock({ blockNumber, includeTransactions: true });
    found += transactions.filter(
      (sent) => isAddressEqual(sent.from, GAS.address) && sent.input.startsWith(selector),
    ).length;
  }
  return found;
}

function sellerAt(server: MeasuredProcess): Seller {
  return { server, call: classifyAt(server.url), cpuMs: 0, latencies: [] };
}

/** Payments are signed beforehand. */
async function takeTurn(seller: Seller): Promise<void> {
  const { server, call, latencies } = seller;
  const client = officialClient(chain);
  const terms = await termsOf(call);
  const payments: string[] = [];
  for (let n = 0; n < calls; n++) payments.push(paymentHeader(await client.createPaymentPayload(terms)));
  const before = (await server.usage()).cpuMs;
  const buyer = async () => {
    for (let payment = payments.pop(); payment; payment = payments.pop())
      latencies.push((await sendPaid(call, payment)).tookMs);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, buyer));
  seller.cpuMs += (await server.usage()).cpuMs - before;
}
