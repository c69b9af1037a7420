// How many exact calls a host books per block of twelve seconds, as a process of its own, and what is left over.
import { revenueVaultAbi } from '@oml/contracts/abis';
import type { PaymentRequired } from '@x402/core/types';
import { setTimeout as sleep } from 'node:timers/promises';
import { keccak256, numberToHex, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { controlsOf, KEYS, waitFor } from '../test-support/chain-fixture.ts';
import { termsOf } from '../test-support/channels.ts';
import { gatewayEnv, giveDollars, publishModel, takeLicense, type Listed } from '../test-support/host-fixture.ts';
import { killLaunched, launch, stored } from '../test-support/launched.ts';
import { officialClient, post, type PostedCall } from '../test-support/x402-fixture.ts';
import { readBenchOptions } from './options.ts';
import { reportFigures, shareOf } from './report.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';

const HELP = `npm run bench:booking -w @oml/gateway [-- options]

Exact calls of many buyers on a real chain of twelve-second blocks: each buyer asks again as soon as it is answered.

  --buyers N  buyers, each with its own account (220)
  --blocks N  blocks that are counted, after the first (4)
  --write     record the figures in docs/benchmarks/services.{json,md}
  --help      this text`;
const { buyers, blocks, write } = readBenchOptions(HELP, { buyers: 220, blocks: 4 });
const SECONDS = 12;
/** Who would wait over two seconds for a model is sent away, and after a block all of them are answered at once. */
const MODELS = 4;

const scene = await openBenchScene();
const { chain } = scene;
const controls = controlsOf(chain);
const { publicClient } = chain.as(KEYS.BUYER);
try {
  const sold = [{ listing: scene.listing, vault: scene.vault }];
  for (let n = 2; n <= MODELS; n++) sold.push(await sell(`digits-${n}`));
  const vaults = sold.map(({ vault }) => vault);
  await controls.setAutomine(true);
  const keys = Array.from({ length: buyers }, (_, n): Hex => keccak256(numberToHex(n + 1, { size: 32 })));
  for (const key of keys) await giveDollars(chain, privateKeyToAccount(key).address, PRICE * 1_000n);
  const env = gatewayEnv(
    chain,
    sold.map(({ listing }) => listing),
  );
  const gateway = await launch(env);
  const asked = await Promise.all(sold.map(({ listing }) => askFor(listing, gateway.url)));
  await controls.setAutomine(false);
  await controls.setIntervalMining({ interval: SECONDS });

  const first = await publicClient.getBlockNumber();
  const latencies: number[] = [];
  let isOver = false;
  const buying = Promise.all(
    keys.map(async (key, n) => {
      const { call, terms } = asked[n % MODELS]!;
      while (!isOver) {
        const tookMs = await buy(key, call, terms);
        if (tookMs === undefined) await sleep(1_000);
        else latencies.push(tookMs);
      }
    }),
  );
  // The block in which they begin, and the last one, in which some have stopped, are not whole.
  await waitFor(
    async () => (await publicClient.getBlockNumber()) > first + BigInt(blocks),
    (blocks + 3) * SECONDS * 1_000,
  );
  isOver = true;
  await buying;
  const last = first + 1n + BigInt(blocks);
  const counts = await Promise.all(Array.from({ length: blocks }, (_, n) => bookedIn(vaults, first + 2n + BigInt(n))));
  // Two blocks later everything must be booked for good.
  await waitFor(async () => (await publicClient.getBlockNumber()) > last + 2n, 6 * SECONDS * 1_000);
  await waitFor(async () => backlog() === 0, 2 * SECONDS * 1_000).catch(() => {});
  await gateway.kill();
  console.log(`booked per block: ${counts.join(', ')}`);
  reportFigures(
    [
      { metric: 'booking.per12sBlock', value: Math.min(...counts), unit: 'calls', target: '>= 200' },
      { metric: 'booking.backlog', value: backlog(), unit: 'calls', target: '0' },
      { metric: 'booking.medianMs', value: shareOf(latencies, 0.5), unit: 'ms', target: 'shown' },
    ],
    {
      anchor: `${buyers} buyers of exact calls of ${MODELS} models on twelve-second blocks; the fewest in one of ${blocks} whole blocks`,
      command: `npm run bench:booking -w @oml/gateway -- --buyers ${buyers} --blocks ${blocks} --write`,
    },
    write,
  );

  function backlog(): number {
    return stored(env, 'SELECT 1 FROM payment WHERE booked_at IS NULL').length;
  }
} finally {
  killLaunched();
  await chain.stop();
}

/**
 * How long an answer took, in ms; undefined where its buyer was sent away unpaid, to come again. Where the connection
 * broke, the same payment is sent again: it is charged once.
 */
async function buy(key: Hex, call: PostedCall, terms: PaymentRequired): Promise<number | undefined> {
  const since = performance.now();
  const payment = await officialClient(chain, key).createPaymentPayload(terms);
  const response = await post(call, payment).catch(() => post(call, payment));
  if (response.status === 503) return undefined;
  if (!response.ok) throw new Error(`a call failed: ${await response.text()}`);
  return performance.now() - since;
}

/** The same classifier under a license of its own. */
async function sell(model: string): Promise<{ listing: Listed; vault: Address }> {
  const { licenseId, vault } = await takeLicense(chain, await publishModel(chain, model));
  return { listing: { ...scene.listing, model, licenseId }, vault };
}

async function askFor({ model }: Listed, url: string): Promise<{ call: PostedCall; terms: PaymentRequired }> {
  const any = classifyAt(url);
  const call = { ...any, body: { ...any.body, model } };
  return { call, terms: await termsOf(call) };
}

async function bookedIn(vaults: Address[], block: bigint): Promise<number> {
  const events = {
    address: vaults,
    abi: revenueVaultAbi,
    eventName: 'Booked',
    fromBlock: block,
    toBlock: block,
  } as const;
  return (await publicClient.getContractEvents(events)).length;
}
