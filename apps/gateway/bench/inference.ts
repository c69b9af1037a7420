// The engine that reads the whole text for every token stands beside the one that is served, turn by turn: whatever
// else the machine does falls on both.
import { LanguageModel } from '@oml/onnx/language-model';
import { openModelFolder } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { createLogger } from '@oml/service/logger';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageEngine } from '../src/engine/engine.ts';
import { openProcessEngine } from '../src/engine/process-engine.ts';
import { MODELS } from '../test-support/host-fixture.ts';
import { readBenchOptions } from './options.ts';
import { reportFigures, round, shareOf } from './report.ts';

const HELP = `npm run bench:inference -w @oml/gateway [-- options]

What an answer of the model fable costs, and how many more tokens eight answers at once get than one: as the gateway
serves it, in a process with caches and shared steps, beside the same file without caches.

  --rounds N  rounds of each engine (15)
  --tokens N  tokens of an answer (120)
  --write     record the figures in docs/benchmarks/services.{json,md}
  --help      this text`;
const { rounds: ROUNDS, tokens: TOKENS, write } = readBenchOptions(HELP, { rounds: 15, tokens: 120 });
const STREAMS = 8;
/** Without caches a round takes twenty times as long. */
const PLAIN_EVERY = 5;
const MODEL = 'fable';
const PROMPTS = ['A fox', 'The owl', 'Once', 'A bear', 'The cat', 'The sun', 'One day', 'The king'];

/** CPU time of all threads of a process so far, ms; Linux only. */
function cpuMsOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const ns = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]));
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}

interface Cost {
  cpuMs: number;
  perSecond: number;
}

/** Greedy answers side by side, none of which ends early. */
async function measure(engine: LanguageEngine, streams: number): Promise<Cost> {
  const pids = [process.pid, ...(engine === served ? [served.child.pid!] : [])];
  const cpuMs = () => pids.map(cpuMsOf).reduce((sum, one) => sum + one, 0);
  const [cpu, since] = [cpuMs(), performance.now()];
  const answers = PROMPTS.slice(0, streams).map(async (prompt) => {
    for await (const event of engine.complete({ prompt, maxTokens: TOKENS, temperature: 0, logitBias: unending }))
      if (event.type === 'end') return event.usage.completionTokens;
    throw new Error('an answer has no end');
  });
  const tokens = (await Promise.all(answers)).reduce((sum, count) => sum + count, 0);
  if (tokens !== streams * TOKENS) throw new Error(`${tokens} tokens came, not ${streams * TOKENS}: ask for fewer`);
  return { cpuMs: cpuMs() - cpu, perSecond: tokens / ((performance.now() - since) / 1_000) };
}

const folder = join(MODELS, MODEL);
const served = await openProcessEngine(folder, createLogger('bench'));
const plain = await openModelFolder(folder, nodeEngine({ threads: 1 }));
if (served.kind !== 'language' || !(plain instanceof LanguageModel)) throw new Error(`${MODEL} is no language model`);
const unending = new Map([...plain.tokenizer.endIds].map((id) => [id, -1_000]));

const kinds = {
  served: () => measure(served, 1),
  served8: () => measure(served, STREAMS),
  plain: () => measure(plain, 1),
  plain8: () => measure(plain, STREAMS),
};
const costs: Record<keyof typeof kinds, Cost[]> = { served: [], served8: [], plain: [], plain8: [] };
try {
  for (let n = 0; n <= ROUNDS; n++)
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      if (kind.startsWith('plain') && n % PLAIN_EVERY !== 1) continue;
      const cost = await kinds[kind]();
      // The first round warms up.
      if (n > 0) costs[kind].push(cost);
    }
} finally {
  await served.dispose();
  await plain.dispose();
}

const median = (kind: keyof typeof kinds, of: keyof Cost): number =>
  shareOf(
    costs[kind].map((cost) => cost[of]),
    0.5,
  );
const speedup = (many: keyof typeof kinds, one: keyof typeof kinds): number =>
  round(median(many, 'perSecond') / median(one, 'perSecond'));
reportFigures(
  [
    { metric: 'inference.cpuMs120', value: median('served', 'cpuMs'), unit: 'ms', target: '<= 150' },
    { metric: 'inference.speedup8', value: speedup('served8', 'served'), unit: 'times', target: '>= 3' },
    { metric: 'inference.tokensPerSecond', value: median('served', 'perSecond'), unit: '1/s', target: 'shown' },
    { metric: 'inference.uncachedCpuMs120', value: median('plain', 'cpuMs'), unit: 'ms', target: 'shown' },
    { metric: 'inference.uncachedSpeedup8', value: speedup('plain8', 'plain'), unit: 'times', target: 'shown' },
  ],
  {
    anchor:
      `one run: ${MODEL} (3 layers, 2.6 M weights), answers of ${TOKENS} tokens, one and ${STREAMS} at once, as served ` +
      `beside, every ${PLAIN_EVERY}th round, the same file without caches; medians of ${ROUNDS} rounds, the engine on ` +
      'one core',
    command: `npm run bench:inference -w @oml/gateway -- --rounds ${ROUNDS} --write`,
  },
  write,
);
