// A gateway that works for an hour. Memory is read after a collection of garbage, handles while nobody calls.
import { setTimeout as sleep } from 'node:timers/promises';
import { killMeasured, startGatewayProcess, type Usage } from './measured-process.ts';
import { readBenchOptions } from './options.ts';
import { openChannelAt, send, sendPaid } from './payer.ts';
import { reportFigures, round } from './report.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';

const HELP = `npm run bench:soak -w @oml/gateway [-- options]

Calls out of channels, hang-ups, unpaid and broken requests for an hour: does the gateway keep what it should let go?

  --minutes N  how long (60)
  --write      record the figures in docs/benchmarks/services.{json,md}
  --help       this text`;
const { minutes, write } = readBenchOptions(HELP, { minutes: 60 });
const CHANNELS = 8;
const CALLS = 900;
/** Node closes an idle connection after five seconds. */
const QUIET_MS = 8_000;
const SAMPLES = 24;

const scene = await openBenchScene();
try {
  const gateway = await startGatewayProcess(scene.env());
  const call = classifyAt(gateway.url);
  const phaseMs = (minutes * 60_000) / SAMPLES;
  const samples: Usage[] = [];
  let calls = 0;
  for (let n = 0; n < SAMPLES; n++) {
    const until = Date.now() + phaseMs - QUIET_MS;
    await Promise.all(Array.from({ length: CHANNELS }, (_, line) => work(n * CHANNELS + line + 1, until)));
    await sleep(QUIET_MS);
    samples.push(await gateway.usage());
    console.log(`${n + 1} of ${SAMPLES}: ${calls} calls, ${Math.round(samples[n]!.rssBytes / 2 ** 20)} MiB`);
  }
  /** Warm after a sixth of the time: code is compiled, pools are full. */
  const [warm, last] = [samples.slice(SAMPLES / 6, SAMPLES / 3), samples.slice(-SAMPLES / 6)];
  const rss = (of: Usage[]) => of.map(({ rssBytes }) => rssBytes).toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;
  const handles = (of: Usage[]) => Math.min(...of.map((usage) => usage.handles.length));
  reportFigures(
    [
      {
        metric: 'soak.rssGrowthPercent',
        value: round((rss(last) / rss(warm) - 1) * 100, 1),
        unit: '%',
        target: '<= 5',
      },
      { metric: 'soak.handleGrowth', value: handles(last) - handles(warm), unit: 'handles', target: '0' },
    ],
    {
      anchor: `${minutes} minutes, ${calls} paid calls, each tenth with a hang-up, an unpaid and a broken request beside it`,
      command: `npm run bench:soak -w @oml/gateway -- --minutes ${minutes} --write`,
    },
    write,
  );

  async function work(salt: number, until: number): Promise<void> {
    const channel = await openChannelAt(scene.chain, call, { salt, price: PRICE, calls: CALLS });
    for (let n = 1; n < CALLS && Date.now() < until; n++) {
      const voucher = await channel.next();
      if (n % 10 === 0) {
        await send(call, voucher, AbortSignal.timeout(3)).catch(() => undefined);
        await send(call);
        await send({ ...call, body: { model: 'digits' } }, voucher);
      }
      await untilAnswered(voucher);
      calls++;
      await sleep(50);
    }
  }

  /** The place that a hang-up holds is let go a moment later. */
  async function untilAnswered(voucher: string): Promise<void> {
    for (let n = 0; n < 20; n++) {
      if ((await send(call, voucher)).status === 200) return;
      await sleep(100);
    }
    await sendPaid(call, voucher);
  }
} finally {
  killMeasured();
  await scene.chain.stop();
}
