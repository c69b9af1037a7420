import { seededRandom } from '@oml/onnx/seeded-random';
import { OmlError } from '@oml/protocol/error';
import type { MeasuredFigure } from '@oml/protocol/wire/measurement';
import { shareFigure } from '../interval.ts';
import { numberOf, wholeOf } from '../measure.ts';
import type { Method } from '../method.ts';
import { exampleOf, isAnswered } from './answer-items.ts';
import { readSuite, type Task } from './suite-file.ts';

/** Between what guessing gives and everything right: 0 and 1 (DCLM, arXiv 2406.11794: the centred accuracy). */
export const centred = (accuracy: number, baseline: number): number => (accuracy - baseline) / (1 - baseline);

/**
 * In-context tasks in DCLM's file format (arXiv 2406.11794), answered as llm-foundry does: of choices the one whose
 * tokens are likeliest on the mean; of a continuation all tokens greedily; of a question an answer that begins as one
 * of the right ones. `core` is the mean of the centred accuracies. Examples are drawn by the seed, among the other
 * items.
 */
export const evaluationSuite: Method<'language'> = {
  name: 'suite',
  version: 1,
  about: 'accuracy on in-context tasks of your own or of others, centred at guessing, and their mean',
  reads: 'language',
  wants: 'Bring a folder with suite.yaml (icl_tasks, as DCLM writes them) and the JSON lines that it names.',
  settings: { limit: 500, seed: 1 },
  async measure({ target, data, settings, signal, onProgress }) {
    const tasks = readSuite(data);
    const [limit, seed] = [wholeOf(settings, 'limit'), numberOf(settings, 'seed')];
    const found: { task: Task; hits: number; count: number }[] = [];
    for (const [at, task] of tasks.entries()) {
      const asked = task.items.slice(0, limit);
      const random = seededRandom(seed);
      let hits = 0;
      for (const [i, item] of asked.entries()) {
        if (signal?.aborted) throw new OmlError('ABORTED', 'Measuring was cancelled.');
        onProgress?.(task.name, (at + i / asked.length) / tasks.length);
        hits += Number(await isAnswered(task, item, examplesFor(task, i, random), target));
      }
      found.push({ task, hits, count: asked.length });
    }
    const accuracies = found.map(({ task, hits, count }) => shareFigure(task.name, hits, count));
    const values = found.map(({ task }, i) => centredFigure(accuracies[i]!, task));
    return {
      figures: [coreOf(values), ...accuracies, ...values],
      notes: found.some(({ task, count }) => count < task.items.length) ? [`At most ${limit} items a task.`] : [],
    };
  },
};

function centredFigure({ name, value, low, high }: MeasuredFigure, { baseline }: Task): MeasuredFigure {
  const [middle, least, most] = [value, low, high].map((each) => centred(each, baseline)) as [number, number, number];
  return { name: `${name}, centred`, value: middle, low: least, high: most };
}

/** The mean of the tasks; they err apart, so half its interval is the root of the sum of squares over their number. */
function coreOf(tasks: readonly MeasuredFigure[]): MeasuredFigure {
  const mean = (of: (task: MeasuredFigure) => number) => tasks.reduce((sum, task) => sum + of(task), 0) / tasks.length;
  const reach = (of: (task: MeasuredFigure) => number) => Math.hypot(...tasks.map(of)) / tasks.length;
  const value = mean((task) => task.value);
  return {
    name: 'core',
    value,
    low: value - reach((task) => task.value - task.low),
    high: value + reach((task) => task.high - task.value),
  };
}

/** So many other items with their answers, each behind a delimiter. Throws REQUEST_INVALID where there are too few. */
function examplesFor(task: Task, at: number, random: () => number): string {
  if (task.shots >= task.items.length)
    throw new OmlError(
      'REQUEST_INVALID',
      `${task.name} has ${task.items.length} items: too few to show so many examples.`,
    );
  const left = task.items.filter((_, i) => i !== at);
  let examples = '';
  for (let shot = 0; shot < task.shots; shot++) {
    const [item] = left.splice(Math.floor(random() * left.length), 1);
    examples += exampleOf(task, item!) + task.exampleDelimiter;
  }
  return examples;
}
