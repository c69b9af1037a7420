// One paid call and one free call of the same engine, turn by turn: whatever else the machine does falls on both.
import { join } from 'node:path';
import { killMeasured, startGatewayProcess, startMeasured } from './measured-process.ts';
import { readBenchOptions } from './options.ts';
import { openChannelAt, sendPaid } from './payer.ts';
import { reportFigures, round, shareOf } from './report.ts';
import { startRpcMeter } from './rpc-meter.ts';
import { classifyAt, openBenchScene, PRICE } from './scene.ts';

const HELP = `npm run bench:overhead -w @oml/gateway [-- options]

A call out of a channel against the same engine without a gateway, alternating, and what the node is asked meanwhile.

  --calls N   pairs of calls (2000)
  --write     record the figures in docs/benchmarks/services.{json,md}
  --help      this text`;
const { calls: CALLS, write } = readBenchOptions(HELP, { calls: 2_000 });
const WARM = 200;

const scene = await openBenchScene();
const meter = await startRpcMeter(scene.chain.rpcUrl);
try {
  const gateway = await startGatewayProcess(scene.env({ RPC_URL: meter.url }));
  const bare = await startMeasured(join(import.meta.dirname, 'bare.ts'), {});
  const [paid, free] = [classifyAt(gateway.url), classifyAt(bare.url)];
  const channel = await openChannelAt(scene.chain, paid, { salt: 1, price: PRICE, calls: CALLS + WARM + 1 });
  const pair = async () => {
    const payment = await channel.next();
    const { tookMs: freeMs } = await sendPaid(free);
    const { tookMs: paidMs } = await sendPaid(paid, payment);
    return { freeMs, paidMs, extraMs: paidMs - freeMs };
  };
  for (let n = 0; n < WARM; n++) await pair();
  const idle = await rpcPerSecond(() => new Promise((resolve) => setTimeout(resolve, 10_000)));
  const pairs: Awaited<ReturnType<typeof pair>>[] = [];
  const busy = await rpcPerSecond(async () => {
    for (let n = 0; n < CALLS; n++) pairs.push(await pair());
  });
  const extra = pairs.map(({ extraMs }) => extraMs);
  reportFigures(
    [
      { metric: 'gateway.overheadMedianMs', value: shareOf(extra, 0.5), unit: 'ms', target: '<= 2' },
      { metric: 'gateway.overheadP95Ms', value: shareOf(extra, 0.95), unit: 'ms', target: '<= 5' },
      {
        metric: 'gateway.overheadRpcPerCall',
        value: Math.max(0, round(((busy.perSecond - idle.perSecond) * busy.seconds) / CALLS, 2)),
        unit: 'requests beyond those of an idle gateway',
        target: '0',
      },
    ],
    {
      anchor:
        `one run: ${CALLS} paid calls out of a channel, each beside a free one of the same engine without a gateway ` +
        `(its median ${shareOf(
          pairs.map(({ freeMs }) => freeMs),
          0.5,
        )} ms); differences of the pairs`,
      command: `npm run bench:overhead -w @oml/gateway -- --calls ${CALLS} --write`,
    },
    write,
  );
} finally {
  killMeasured();
  await meter.close();
  await scene.chain.stop();
}

async function rpcPerSecond(work: () => Promise<unknown>): Promise<{ perSecond: number; seconds: number }> {
  const [before, since] = [meter.count(), performance.now()];
  await work();
  const seconds = (performance.now() - since) / 1_000;
  return { perSecond: (meter.count() - before) / seconds, seconds };
}
