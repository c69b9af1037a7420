import { OmlError } from '@oml/protocol/error';
import { issuesOf, readJson } from '@oml/protocol/wire/read-request';
import type { MeasuredPlot } from '@oml/protocol/wire/measurement';
import { z } from 'zod';
import { needFile, textOf, type DataFiles } from '../data.ts';
import { bootstrap, shareFigure } from '../interval.ts';
import { numberOf, wholeOf } from '../measure.ts';
import type { Job, Method } from '../method.ts';
import { modelJudge, wordJudge, type FactJudge } from './judge.ts';
import { readKnowledge, type Knowledge } from './knowledge.ts';
import { sentencesOf } from './sentences.ts';

const DRAWS = 500;
const MOST_PROMPTS = 5_000;
/** Judges by words, without a model. */
const WORDS = 'words';
const PLACES = 5;

const promptSchema = z.strictObject({ topic: z.string().min(1).max(200), prompt: z.string().min(1).max(20_000) });
type Prompt = z.output<typeof promptSchema>;

/** Whether each fact of an answer is supported, in their order. */
type Verdicts = boolean[];

/**
 * Factual precision of what a model writes (FActScore, Min et al., arXiv 2305.14251): the share of atomic facts of an
 * answer that a knowledge source supports, f(y) = 1/|A_y| Σ_{a ∈ A_y} I[a is supported by C] (§3.1), and its mean over
 * the prompts that got an answer. Facts are looked up by BM25 and judged by a model of one's own choice, or by words.
 * Short answers are easily right: with fewer than `least` facts a score is multiplied by exp(1 − least / |A_y|), the
 * penalty of the authors' program.
 */
export const factualPrecision: Method<'language'> = {
  name: 'factual-precision',
  version: 1,
  about: 'the share of facts in what a model writes that your sources support (FActScore)',
  reads: 'language',
  wants:
    'Bring prompts.jsonl, a {"topic", "prompt"} a line, and the texts of knowledge/. --judge names the model that ' +
    'takes answers apart and judges facts; without it a sentence is a fact, and it is supported where one sentence of ' +
    'the sources has all its words.',
  settings: { limit: 200, tokens: 128, passages: 5, least: 10, judge: WORDS, seed: 1 },
  judge: 'may',
  async measure(job) {
    const { settings, data } = job;
    const judge = judgeOf(job);
    const knowledge = readKnowledge(data);
    const all = readPrompts(data);
    const prompts = all.slice(0, wholeOf(settings, 'limit'));
    const answered: Verdicts[] = [];
    for (const [i, prompt] of prompts.entries()) {
      if (job.signal?.aborted) throw new OmlError('ABORTED', 'Measuring was cancelled.');
      job.onProgress?.('judging answers', i / prompts.length);
      const verdicts = await judged(job, prompt, { judge, knowledge });
      if (verdicts.length > 0) answered.push(verdicts);
    }
    if (answered.length === 0)
      throw new OmlError('REQUEST_INVALID', 'No answer states a fact: bring prompts that the model answers.');
    return {
      figures: figuresOf(answered, prompts.length, wholeOf(settings, 'least', 0), numberOf(settings, 'seed')),
      plots: [placePlot(answered)],
      notes: [
        settings['judge'] === WORDS
          ? 'Judged by words: what the sources word otherwise counts as unsupported.'
          : `Judged by ${settings['judge']}.`,
        ...(prompts.length < all.length ? [`The first ${prompts.length} of ${all.length} prompts.`] : []),
      ],
    };
  },
};

/** Throws REQUEST_INVALID where the settings name another judge than was brought. */
function judgeOf({ judge, settings }: Job<'language'>): FactJudge {
  const isByWords = settings['judge'] === WORDS;
  if (judge && !isByWords) return modelJudge(judge);
  if (!judge && isByWords) return wordJudge;
  throw new OmlError('REQUEST_INVALID', `It is judged by ${settings['judge']}: name that judge with --judge.`);
}

function readPrompts(files: DataFiles): Prompt[] {
  const path = 'prompts.jsonl';
  const lines = textOf(path, needFile(files, path, 'a {"topic", "prompt"} a line')).split('\n');
  const prompts = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const parsed = promptSchema.safeParse(readJson(line));
    if (parsed.success) return [parsed.data];
    throw new OmlError('REQUEST_INVALID', `${path}, line ${i + 1}: ${issuesOf(parsed.error, 'it').join('; ')}.`);
  });
  if (prompts.length > 0 && prompts.length <= MOST_PROMPTS) return prompts;
  throw new OmlError('REQUEST_INVALID', `${path} has ${prompts.length} prompts; from 1 to ${MOST_PROMPTS} are taken.`);
}

async function judged(
  { target, settings }: Job<'language'>,
  { topic, prompt }: Prompt,
  { judge, knowledge }: { judge: FactJudge; knowledge: Knowledge },
): Promise<Verdicts> {
  const answer = await target.generate(prompt, wholeOf(settings, 'tokens'));
  const verdicts: Verdicts = [];
  for (const sentence of sentencesOf(answer))
    for (const fact of await judge.factsOf(sentence, topic)) {
      const passages = knowledge.find(`${topic} ${fact}`, wholeOf(settings, 'passages'));
      verdicts.push(await judge.isSupported(fact, topic, passages));
    }
  return verdicts;
}

const precision = (verdicts: Verdicts): number => verdicts.filter(Boolean).length / verdicts.length;

function figuresOf(answered: readonly Verdicts[], asked: number, least: number, seed: number) {
  const resampling = { draws: DRAWS, seed };
  const mean = (name: string, of: (verdicts: Verdicts) => number) => {
    const values = answered.map(of);
    const over = (rows: Int32Array) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    return bootstrap(name, values.length, over, resampling);
  };
  const penalty = ({ length }: Verdicts) => (length >= least ? 1 : Math.exp(1 - least / length));
  return [
    mean('factual precision', (verdicts) => precision(verdicts) * penalty(verdicts)),
    mean('factual precision, whatever the length', precision),
    { ...mean('facts of an answer', ({ length }) => length), unit: 'facts' },
    shareFigure('prompts that got an answer', answered.length, asked),
  ];
}

/** Precision by where in its answer a fact stands (§3.4.3: later ones are less often right). */
function placePlot(answered: readonly Verdicts[]): MeasuredPlot {
  const places = Array.from({ length: PLACES }, () => ({ count: 0, right: 0 }));
  for (const verdicts of answered)
    for (const [i, isRight] of verdicts.entries()) {
      const place = places[Math.floor((i * PLACES) / verdicts.length)]!;
      place.count += 1;
      place.right += Number(isRight);
    }
  const points = places.flatMap(({ count, right }, i): [number, number][] =>
    count > 0 ? [[(i + 0.5) / PLACES, right / count]] : [],
  );
  return {
    title: 'Precision by place',
    x: 'place in the answer, from its beginning to its end',
    y: 'share of facts that are supported',
    series: [{ name: 'supported', points }],
  };
}
