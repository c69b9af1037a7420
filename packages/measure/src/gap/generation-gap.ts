import { OmlError } from '@oml/protocol/error';
import type { MeasuredFigure } from '@oml/protocol/wire/measurement';
import { bootstrap, shareFigure } from '../interval.ts';
import { numberOf, wholeOf } from '../measure.ts';
import type { Method } from '../method.ts';
import { centred } from '../suite/evaluation-suite.ts';
import type { LanguageTarget } from '../target/language-target.ts';
import { readGapItems, type GapItem } from './gap-items.ts';

const DRAWS = 500;

/** What came of one item. */
interface Seen {
  generates: boolean;
  /** By slice: is the right answer the likeliest of all? */
  tells: boolean[];
}

/**
 * Does a model understand what it can generate? (The Generative AI Paradox, West et al., arXiv 2311.00059.) Each item
 * is answered freely, and the same answer is told from wrong ones, easy and hard (their selective evaluation, §2.1: G
 * and D over the same items). Options are compared by the likelihood of their tokens on the mean; what is told apart
 * is centred at guessing, (accuracy − 1/n) / (1 − 1/n), so that 0 is luck on both sides. The gap is G − D: above 0 a
 * model generates what it does not understand. Last, of what it generates right, how much does it tell from wrong
 * (§2.2).
 */
export const generationGap: Method<'language'> = {
  name: 'generation-gap',
  version: 1,
  about: 'whether a model tells right from wrong where it can write what is right, by how hard that is',
  reads: 'language',
  wants:
    'Bring items.jsonl, a {"context", "answer", "aliases", "wrong": {"easy": […], "hard": […]}} a line, with slices ' +
    'of your own. An endpoint has to echo chances.',
  settings: { limit: 500, tokens: 8, seed: 1 },
  async measure({ target, data, settings, signal, onProgress }) {
    const { items: all, slices } = readGapItems(data);
    const items = all.slice(0, wholeOf(settings, 'limit'));
    const tokens = wholeOf(settings, 'tokens');
    const seen: Seen[] = [];
    for (const [i, item] of items.entries()) {
      if (signal?.aborted) throw new OmlError('ABORTED', 'Measuring was cancelled.');
      onProgress?.('writing and telling apart', i / items.length);
      seen.push(await look(target, item, slices, tokens));
    }
    const generates = shareFigure('generates', seen.filter((each) => each.generates).length, seen.length);
    const bySlice = slices.map((slice, s) => sliceFigures(seen, items, { slice, s, seed: numberOf(settings, 'seed') }));
    return {
      figures: [generates, ...bySlice.flat()],
      plots: [
        {
          title: 'Generating and telling apart',
          x: `slice: ${slices.map((slice, s) => `${s + 1} ${slice}`).join(', ')}`.slice(0, 200),
          y: 'share, 0 is guessing',
          series: [
            { name: 'generates', points: slices.map((_, s): [number, number] => [s + 1, generates.value]) },
            { name: 'tells apart', points: bySlice.map(([told], s): [number, number] => [s + 1, told!.value]) },
          ],
        },
      ],
      notes: [
        'Told apart: centred at guessing. A gap above 0 is what it writes and does not understand.',
        ...(items.length < all.length ? [`The first ${items.length} of ${all.length} items.`] : []),
      ],
    };
  },
};

async function look(
  target: LanguageTarget,
  { context, answer, aliases, wrong }: GapItem,
  slices: readonly string[],
  tokens: number,
): Promise<Seen> {
  const words = wordsOf(await target.generate(context, tokens));
  const generates = [answer, ...aliases].some((right) => {
    const wanted = wordsOf(right);
    return wanted.length > 0 && wanted.every((word, i) => word === words[i]);
  });
  const held = new Map<string, number>();
  const chance = async (option: string): Promise<number> => {
    const known = held.get(option);
    if (known !== undefined) return known;
    const scored = await target.score(context, /^\s/.test(option) ? option : ` ${option}`);
    held.set(option, scored.logProb / scored.tokens);
    return held.get(option)!;
  };
  const own = await chance(answer);
  const tells: boolean[] = [];
  for (const slice of slices) {
    let isLikeliest = true;
    for (const option of wrong[slice]!) isLikeliest &&= own > (await chance(option));
    tells.push(isLikeliest);
  }
  return { generates, tells };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** What guessing gives: one of so many, on the mean. */
const guessing = (items: readonly GapItem[], slice: string): number =>
  items.reduce((sum, { wrong }) => sum + 1 / (wrong[slice]!.length + 1), 0) / items.length;

function sliceFigures(
  seen: readonly Seen[],
  items: readonly GapItem[],
  { slice, s, seed }: { slice: string; s: number; seed: number },
): MeasuredFigure[] {
  const baseline = guessing(items, slice);
  const { value, low, high } = shareFigure('', seen.filter(({ tells }) => tells[s]).length, seen.length);
  const [middle, least, most] = [value, low, high].map((each) => centred(each, baseline)) as [number, number, number];
  const gap = (rows: Int32Array) => {
    let [wrote, told] = [0, 0];
    for (const row of rows) {
      wrote += Number(seen[row]!.generates);
      told += Number(seen[row]!.tells[s]);
    }
    return wrote / rows.length - centred(told / rows.length, baseline);
  };
  const written = seen.filter(({ generates }) => generates);
  return [
    { name: `tells apart, ${slice}`, value: middle, low: least, high: most },
    bootstrap(`gap, ${slice}`, seen.length, gap, { draws: DRAWS, seed }),
    shareFigure(
      `of what it generates it tells apart, ${slice}`,
      written.filter(({ tells }) => tells[s]).length,
      written.length,
    ),
  ];
}
