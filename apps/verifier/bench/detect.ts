// How soon a verifier catches hosts that cheat with a share of their uses, against what was predicted beforehand.
import { seededRandom } from '@oml/onnx/seeded-random';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportAgents, type AgentsRow } from '../../../scripts/bench/agents-report.ts';
import { startDevChain } from '../test-support/dev-chain.ts';
import { planItemCount } from '../src/programs/evidence-plan.ts';
import { claimsInPeriods, cleanChance } from './detect/honest.ts';
import { catchingPlot } from './detect/plot.ts';
import { recordPool } from './detect/record.ts';
import { mixedCurve, ratioOf, unpaidCurve, type Point } from './detect/runs.ts';
import { bookOf, openCheatScene } from './detect/scene.ts';

const HELP = `npm run bench:detect -w @oml/verifier [-- options]

Records what a host answers and books through the product's own gateway, once honest and once cheating (uses left
unbooked, answers of a model that it has no license of): real payments, receipts and bookings, asked by the verifier's
own audits in shadow. Runs of the verifier's decisions then draw from these calls, for hosts that cheat with a share of
their uses, and are held against the medians that packages/protocol/src/evidence/detection.ts predicts.

  --uses N      audits of paid use, of 16 calls each, in either habit (30)
  --batches N   audits of disguised use, of all keys and as many decoys, in either habit (12)
  --keys N      common keys of the model's code book, of 6 bits (64)
  --runs N      runs of each share (2000)
  --periods N   periods of a host that pays and is clean (100000)
  --write       record the figures in docs/benchmarks/agents.{json,md} and draw agents-catching.svg
  --help        this text`;

const number = (value: number) => ({ type: 'string', default: String(value) }) as const;
const toggle = { type: 'boolean', default: false } as const;
const { help, write, ...sizes } = parseArgs({
  options: {
    uses: number(30),
    batches: number(12),
    keys: number(64),
    runs: number(2_000),
    periods: number(100_000),
    write: toggle,
    help: toggle,
  },
}).values;
if (help) {
  console.log(HELP);
  process.exit(0);
}
const [uses, batches, keys] = [Number(sizes.uses), Number(sizes.batches), Number(sizes.keys)];
const [runs, periods] = [Number(sizes.runs), Number(sizes.periods)];
const random = seededRandom(20_261_130);

const chain = await startDevChain();
const stops = [chain.stop];
try {
  const scene = await openCheatScene(chain, { commonCount: keys, bits: 6 });
  stops.unshift(scene.stop);
  const recorded = await recordPool(scene, { paidUse: uses, disguise: batches }, console.log);
  const { pool, deciding } = recorded;
  const book = bookOf(scene);
  const needed = Number(await deciding.court.scoreNeeded(book.modelId, 1, 1n));
  const threshold = { needed, items: planItemCount({ ...book, needed }) };
  const unpaid = unpaidCurve(pool, runs, random);
  const mixed = await mixedCurve(deciding, pool, book, runs, random);
  const chance = cleanChance(book, threshold);
  const honest = claimsInPeriods(pool, book, threshold, periods, random);
  await recorded.close();
  console.log(`${pool.calls} real paid calls; a clean host's highest score in ${periods} periods: ${honest.highest}`);
  const row = rowOf(pool.calls);
  reportAgents(
    [
      row('detect.probesRatio', Math.max(...[...unpaid, ...mixed].map(ratioOf)), 'times, the worst of 8', '<= 1.2'),
      ...unpaid.map((point) => pointRow(row, 'unpaid', point)),
      ...mixed.map((point) => pointRow(row, 'mixed', point)),
      row(
        'detect.cleanChanceLog2',
        Math.log2(chance),
        `log2 of the chance of a batch of ${threshold.items}`,
        `<= -${needed}`,
      ),
      row('detect.honestClaimed', honest.claimed, `claims in ${periods} periods`, '0'),
    ],
    write,
  );
  const plot = catchingPlot(unpaid, mixed);
  if (write) writeFileSync(join(import.meta.dirname, '../../../docs/benchmarks/agents-catching.svg'), plot);
} finally {
  for (const stop of stops) await stop();
}

type RowOf = (metric: string, value: number, unit: string, target: string) => AgentsRow;

function rowOf(calls: number): RowOf {
  const run = {
    anchor:
      `${calls} real paid calls at one gateway, half of them while it cheats; ${runs} runs of each share draw from ` +
      `them; medians within a probe; predicted by packages/protocol/src/evidence/detection.ts`,
    command:
      `npm run bench:detect -w @oml/verifier -- --uses ${uses} --batches ${batches} --keys ${keys} ` +
      `--runs ${runs} --periods ${periods} --write`,
    figure: 'agents-catching.svg',
  };
  return (metric, value, unit, target) => ({ metric, value: Math.round(1_000 * value) / 1_000, unit, target, ...run });
}

function pointRow(row: RowOf, curve: string, { share, predicted, measured }: Point): AgentsRow {
  const name = `detect.${curve}${String(Math.round(100 * share)).padStart(3, '0')}`;
  return row(name, measured, 'probes at the median', `${predicted.toFixed(2)} predicted, within 1.2×`);
}
