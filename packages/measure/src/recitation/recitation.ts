import { OmlError } from '@oml/protocol/error';
import { textOf, type DataFiles } from '../data.ts';
import { bootstrap, exactFigure, shareFigure } from '../interval.ts';
import { numberOf, wholeOf } from '../measure.ts';
import type { Job, Method } from '../method.ts';
import { indexCorpus, longestRecitation, spaced, type CorpusIndex } from './longest-recitation.ts';

const DRAWS = 200;
const MOST_CHARACTERS = 5_000_000;

/** A place in the corpus: what is shown to the model, and what stands behind it. */
interface Window {
  prompt: string;
  behind: string;
}

/** What came of one window. */
interface Seen {
  /** Characters of the corpus that the answer recites, and those of its beginning that follow the prompt there. */
  recited: number;
  followed: number;
  from?: number;
  /** log p(passage) − log q(passage), in nats; with a second model. */
  excess?: number;
}

/**
 * How much of a protected corpus a model recites, and how far it is from a model that never saw it (Chen et al., arXiv
 * 2408.13278, after Vyas et al.'s near access-freeness: p is k-near access-free of q where log p(y|x) − log q(y|x) ≤ k
 * for every y). Each window of the corpus is begun, the model goes on greedily, and the longest passages of the corpus
 * in its answers are found. With `against`, a model without access, k is measured at the passages themselves: the
 * largest found is a lower bound of the true k.
 */
export const recitation: Method<'language'> = {
  name: 'recitation',
  version: 1,
  about: 'how much of a protected corpus a model recites, and how near it is to a model that never saw it',
  reads: 'language',
  wants: 'Bring the protected texts, a file or a folder. An indicator, no legal judgement.',
  settings: { windows: 100, prompt: 120, passage: 120, tokens: 64, least: 40, seed: 1 },
  against: 'may',
  async measure(job) {
    const { settings } = job;
    const least = wholeOf(settings, 'least', 8);
    const corpus = corpusOf(job.data);
    const windows = windowsOf(corpus, {
      count: wholeOf(settings, 'windows'),
      prompt: wholeOf(settings, 'prompt', 8),
      passage: wholeOf(settings, 'passage', 8),
    });
    const index = indexCorpus(corpus, least);
    const seen: Seen[] = [];
    for (const window of windows) {
      if (job.signal?.aborted) throw new OmlError('ABORTED', 'Measuring was cancelled.');
      job.onProgress?.('going on from passages', seen.length / windows.length);
      seen.push(await look(job, index, window, wholeOf(settings, 'tokens')));
    }
    const recited = seen.map((each) => each.recited);
    const followed = seen.map((each) => each.followed);
    const longest = seen.reduce((best, each) => (each.recited > best.recited ? each : best));
    const resampling = { draws: DRAWS, seed: numberOf(settings, 'seed') };
    const mean = (values: readonly number[]) => (rows: Int32Array) =>
      rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    return {
      figures: [
        exactFigure('longest recitation', longest.recited, 'characters'),
        shareFigure(
          `windows with a recitation of ${least} characters`,
          recited.filter((n) => n >= least).length,
          seen.length,
        ),
        {
          ...bootstrap('mean length that follows the prompt', seen.length, mean(followed), resampling),
          unit: 'characters',
        },
        ...excessFigures(seen, resampling, mean),
      ],
      plots: [tailPlot(recited)],
      notes: [
        'An indicator of what a model recites of these texts; no legal judgement.',
        ...(longest.from === undefined
          ? []
          : [`The longest recitation begins at character ${longest.from} of the corpus.`]),
      ],
    };
  },
};

/** All texts one behind the other, by their names. Throws REQUEST_INVALID for more than is read. */
function corpusOf(files: DataFiles): string {
  const texts = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, bytes]) => spaced(textOf(path, bytes)));
  const corpus = texts.join('\n');
  if (corpus.length <= MOST_CHARACTERS) return corpus;
  throw new OmlError('REQUEST_INVALID', `The corpus has ${corpus.length} characters; ${MOST_CHARACTERS} are read.`);
}

/** Windows spread evenly, each begun at a word. Throws REQUEST_INVALID where there is room for none. */
function windowsOf(
  corpus: string,
  { count, prompt, passage }: { count: number; prompt: number; passage: number },
): Window[] {
  const room = corpus.length - prompt - passage;
  if (room < 0)
    throw new OmlError(
      'REQUEST_INVALID',
      `The corpus has ${corpus.length} characters; ${prompt + passage} are the least.`,
    );
  const starts = Array.from({ length: count }, (_, i) => {
    const at = Math.floor((i * (room + 1)) / count);
    const word = at === 0 ? 0 : corpus.indexOf(' ', at) + 1;
    return word > 0 && word <= room ? word : at;
  });
  return [...new Set(starts)].map((at) => {
    const middle = corpus.lastIndexOf(' ', at + prompt);
    const cut = middle > at ? middle : at + prompt;
    return { prompt: corpus.slice(at, cut), behind: corpus.slice(cut, cut + passage) };
  });
}

async function look(
  { target, against }: Pick<Job<'language'>, 'target' | 'against'>,
  index: CorpusIndex,
  { prompt, behind }: Window,
  tokens: number,
): Promise<Seen> {
  const answer = spaced(await target.generate(prompt, tokens));
  const found = longestRecitation(index, answer);
  let followed = 0;
  const [said, true_] = [answer.trimStart(), behind.trimStart()];
  while (followed < Math.min(said.length, true_.length) && said[followed] === true_[followed]) followed++;
  const seen = { recited: found?.length ?? 0, followed, ...(found ? { from: found.from } : {}) };
  if (!against) return seen;
  const [p, q] = [await target.score(prompt, behind), await against.score(prompt, behind)];
  return { ...seen, excess: p.logProb - q.logProb };
}

function excessFigures(
  seen: readonly Seen[],
  resampling: { draws: number; seed: number },
  mean: (values: readonly number[]) => (rows: Int32Array) => number,
) {
  const excess = seen.flatMap((each) => each.excess ?? []);
  if (excess.length === 0) return [];
  return [
    exactFigure('k of near access-freeness, at least', Math.max(0, ...excess), 'nats'),
    {
      ...bootstrap('mean log ratio to the model without access', excess.length, mean(excess), resampling),
      unit: 'nats',
    },
  ];
}

/** How many windows recite at least so much. */
function tailPlot(recited: readonly number[]) {
  const lengths = [...new Set(recited)].toSorted((a, b) => a - b);
  const every = Math.ceil(lengths.length / 100);
  const points = lengths
    .filter((_, i) => i % every === 0)
    .map((length): [number, number] => [length, recited.filter((each) => each >= length).length / recited.length]);
  return {
    title: 'Recitations',
    x: 'characters, at least',
    y: 'share of windows',
    series: [{ name: 'recited', points }],
  };
}
