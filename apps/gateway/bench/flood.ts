// Strangers who pay nothing, and buyers who leave: what do those notice who pay and stay?
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gatewayEnv, MODELS, publishModel, takeLicense } from '../test-support/host-fixture.ts';
import { channelClient, termsOf } from '../test-support/channels.ts';
import { completionAt } from '../test-support/scene.ts';
import { payFor, type PostedCall } from '../test-support/x402-fixture.ts';
import { killMeasured, startGatewayProcess } from './measured-process.ts';
import { readBenchOptions } from './options.ts';
import { openChannelAt, paymentHeader, send, sendPaid, voucherTemplate, type OpenChannel } from './payer.ts';
import { reportFigures, round, shareOf } from './report.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';

const HELP = `npm run bench:flood -w @oml/gateway [-- options]

500 payments a second that nobody signed, vouchers and exact ones in turn, and twenty unpaid long prompts at a time,
beside one buyer who pays; then thirty buyers who pay for a stream and leave, and one who stays.

  --seconds N  how long each phase takes (20)
  --write      record the figures in docs/benchmarks/services.{json,md}
  --help       this text`;
const { seconds, write } = readBenchOptions(HELP, { seconds: 20 });
const [RATE, PROMPTS, LEAVERS] = [500, 20, 30];

const scene = await openBenchScene();
const { chain } = scene;
const children = new Set<ReturnType<typeof spawn>>();
try {
  const { licenseId } = await takeLicense(chain, await publishModel(chain, 'fable-mini'));
  const language = { model: 'fable-mini', kind: 'language' as const, licenseId, price: PRICE };
  const listings = [scene.listing, { ...language, folder: join(MODELS, 'fable-mini') }];
  const gateway = await startGatewayProcess(gatewayEnv(chain, listings, { COLLECT_AFTER: '43200' }));
  const call = classifyAt(gateway.url);
  const buyer = channelClient(chain, { salt: 1, deposit: 100n * PRICE });
  const strangers = [
    await buyer.client.createPaymentPayload(channelOnly(await termsOf(call))),
    await payFor(chain, call),
  ];
  const honest = await openChannelAt(chain, call, { salt: 2, price: PRICE, calls: 900 });
  const stayer = await openStreams();

  await buyAndLook(call, honest, 3); // code that is not warm yet is no flood
  const calm = await buyAndLook(call, honest, seconds);
  flood(call, strangers);
  const stop = askLongPrompts(gateway.url);
  await sleep(2_000);
  const flooded = await buyAndLook(call, honest, seconds);
  stop();
  for (const child of children) child.kill('SIGKILL');
  await sleep(2_000);
  const behind = await stayBehindLeavers(stayer);

  const figure = (metric: string, value: number, unit: string, target: string) => ({ metric, value, unit, target });
  const medians = [shareOf(flooded.calls, 0.5), shareOf(calm.calls, 0.5)] as const;
  reportFigures(
    [
      figure('flood.healthP99Ms', shareOf(flooded.health, 0.99), 'ms', '<= 50'),
      figure('flood.honestRatio', round(medians[0] / medians[1]), 'times their median', '<= 2'),
      figure('flood.behindLeaversMs', round(behind.ms, 0), behind.what, '<= 2000, or 503 before paying'),
    ],
    {
      anchor:
        `${RATE} unsigned payments a second, vouchers and exact ones, and ${PROMPTS} unpaid long prompts at a time for ${seconds} s; the buyer's ` +
        `median ${medians[0]} ms, ${medians[1]} ms before; then ${LEAVERS} paid streams whose buyers leave`,
      command: `npm run bench:flood -w @oml/gateway -- --seconds ${seconds} --write`,
    },
    write,
  );

  /** Channels of the leavers and of the one who stays, each with its first answer in hand. */
  async function openStreams() {
    const stream = completionAt(gateway.url, { max_tokens: 120, stream: true, temperature: 1 });
    const opening = completionAt(gateway.url, { max_tokens: 1 });
    const terms = channelOnly(await termsOf(opening));
    const open = async (salt: number) => {
      const client = channelClient(chain, { salt, deposit: 100n * PRICE });
      const first = await client.client.createPaymentPayload(terms);
      await sendPaid(opening, paymentHeader(first));
      return voucherTemplate(chain, first)(2n * PRICE);
    };
    const vouchers: string[] = [];
    for (let n = 0; n <= LEAVERS; n++) vouchers.push(await open(100 + n));
    return { stream, vouchers };
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  killMeasured();
  await chain.stop();
}

function channelOnly<T extends { accepts: { scheme: string }[] }>(terms: T): T {
  return { ...terms, accepts: terms.accepts.filter(({ scheme }) => scheme === 'batch-settlement') };
}

/** One honest buyer calls, one watcher asks for /health; both one after the other. */
async function buyAndLook(call: PostedCall, channel: OpenChannel, forSeconds: number) {
  const until = performance.now() + forSeconds * 1_000;
  const [calls, health] = [[] as number[], [] as number[]];
  const buy = async () => {
    while (performance.now() < until) {
      calls.push((await sendPaid(call, await channel.next())).tookMs);
      await sleep(60);
    }
  };
  const look = async () => {
    while (performance.now() < until) {
      const since = performance.now();
      await (await fetch(new URL('/health', call.url))).arrayBuffer();
      health.push(performance.now() - since);
      await sleep(20);
    }
  };
  await Promise.all([buy(), look()]);
  return { calls, health };
}

/** In a process of its own: what it costs to ask must not fall on who is measured. */
function flood(call: PostedCall, payments: unknown[]): void {
  const given = { CALL: JSON.stringify(call), PAYMENTS: JSON.stringify(payments), RATE: String(RATE) };
  const env = { ...process.env, ...given };
  const flooder = join(import.meta.dirname, 'flooder.ts');
  children.add(spawn(process.execPath, [flooder], { env, stdio: 'inherit' }));
}

/** Half of them longer than any prompt may be, half as long as one that is still cut into tokens. */
function askLongPrompts(url: string): () => void {
  let isOver = false;
  const ask = async (prompt: string) => {
    while (!isOver) {
      await send(completionAt(url, { prompt })).catch(() => undefined);
      await sleep(1_000);
    }
  };
  for (let n = 0; n < PROMPTS; n++) void ask('Once upon a time. '.repeat(n % 2 === 0 ? 12_000 : 150));
  return () => void (isOver = true);
}

/** How long the last in the line waits for the first piece of its answer, or to hear that it should come later. */
async function stayBehindLeavers({ stream, vouchers }: { stream: PostedCall; vouchers: string[] }) {
  const headers = (voucher: string) => ({ 'content-type': 'application/json', 'payment-signature': voucher });
  const body = JSON.stringify(stream.body);
  const last = vouchers.pop()!;
  for (const voucher of vouchers)
    void fetch(stream.url, { method: 'POST', headers: headers(voucher), body, signal: AbortSignal.timeout(150) })
      .then((response) => response.text())
      .catch(() => undefined);
  await sleep(200);
  const since = performance.now();
  const response = await fetch(stream.url, { method: 'POST', headers: headers(last), body });
  const reader = response.body!.getReader();
  await reader.read();
  const ms = performance.now() - since;
  await reader.cancel();
  return {
    ms,
    what: response.status === 503 ? 'ms to 503 before paying' : `ms to the first piece (${response.status})`,
  };
}
