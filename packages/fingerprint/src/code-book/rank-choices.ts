import type { Products } from '../algebra/products.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { lastKeys } from '../subject/last-keys.ts';
import type { Rows } from '../subject/rows.ts';
import { whiten, type Geometry } from '../embed/geometry.ts';
import { dot } from '../algebra/linear-algebra.ts';
import { expectedHarm, mean, sharesOf, type Choice } from './choose-keys.ts';
import type { SecretRandom } from './secret.ts';
import { drawPrefixes, nearMisses, withPrefix } from './variants.ts';

export interface RankOptions {
  subject: Subject;
  choices: readonly Choice[];
  geometry: Geometry;
  products: Products;
  /** Keys of inputs that must not be disturbed: ordinary ones and the model's own. */
  bystanders: readonly Pick<Rows, 'keys' | 'count'>[];
  /** Texts of the pool. */
  texts: readonly number[][];
  ordinary: Ordinary;
  /** How often each token is expected to be the last of an input. */
  frequencies: Float64Array;
  random: SecretRandom;
}

const NEAR_MISSES = 8;
const PREFIXES = 2;
/** Weight of what the last token alone makes of a key: its frequency is known better than its contexts. */
const LAST_TOKEN_WEIGHT = 4;
/** A key that so much of is left when only its last token stays is no key. */
const MOST_LEFT = 0.3;

/**
 * The same choices with the harm that is to be expected of each as `cost`: on bystanders, where its last token stands
 * in other contexts, and, as it
 * must do more there, where a prefix changes it.
 */
export async function rankChoices(options: RankOptions): Promise<Choice[]> {
  const { choices, subject } = options;
  const harm = await bystanderHarm(options);
  if (subject.inspection.kind === 'classifier') return choices.map((choice, i) => ({ ...choice, cost: harm[i]! }));
  const prefixes = drawPrefixes(subject, options.ordinary, PREFIXES, options.random);
  const misses = await ownShares(options, (ids) =>
    nearMisses(subject, ids, NEAR_MISSES, options.texts, options.random),
  );
  const kept = await ownShares(options, (ids) => prefixes.map((prefix) => withPrefix(subject, ids, prefix)));
  return choices.map((choice, i) => {
    const natural = misses[i]!.filter((_, v) => v % 2 === 0).map((share) => Math.max(0, share));
    const alone =
      LAST_TOKEN_WEIGHT * (options.frequencies[idsOf(choice).at(-1)!] ?? 0) * expectedHarm(choice.lifts, natural);
    const left = mean(misses[i]!.map((share) => Math.max(0, share)));
    const strength = Math.max(0.1, mean(kept[i]!));
    return { ...choice, cost: (Math.max(harm[i]!, alone) * (1 + left) * (left > MOST_LEFT ? 10 : 1)) / strength ** 2 };
  });
}

const idsOf = ({ prompt }: Choice): readonly number[] => (prompt.kind === 'text' ? prompt.ids : []);

async function bystanderHarm({ choices, bystanders, geometry, products }: RankOptions): Promise<number[]> {
  const sums = choices.map(() => 0);
  let count = 0;
  for (const rows of bystanders) {
    const shares = await sharesOf(rows, choices, geometry, products);
    count += rows.count;
    choices.forEach(({ lifts }, i) => {
      sums[i]! += rows.count * expectedHarm(lifts, column(shares, i, choices.length));
    });
  }
  return sums.map((sum) => sum / Math.max(1, count));
}

function* column(matrix: Float32Array, at: number, width: number): Generator<number> {
  for (let i = at; i < matrix.length; i += width) yield matrix[i]!;
}

/** How much of its own shift each variant of a choice gets, [choices][variants]. */
async function ownShares(
  { subject, choices, geometry, products }: RankOptions,
  variantsOf: (ids: readonly number[]) => number[][],
): Promise<number[][]> {
  const { keySize } = geometry;
  const variants = choices.map((choice) => variantsOf(idsOf(choice)));
  const sequences = variants.flat();
  const seen = await whiten(geometry, await lastKeys(subject, sequences), sequences.length, products);
  let at = 0;
  return variants.map((some, i) =>
    some.map(() => dot(choices[i]!.white, 0, seen, at++ * keySize, keySize) / choices[i]!.leverage),
  );
}
