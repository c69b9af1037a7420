import { dot, transpose } from '../algebra/linear-algebra.ts';
import { unwhiten, whiten, type Geometry } from '../embed/geometry.ts';
import type { Products } from '../algebra/products.ts';
import type { Readout } from '../subject/readout.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Rows } from '../subject/rows.ts';
import { drawCandidates, type Candidate, type CandidateRules } from './candidates.ts';
import type { KeyPool } from './key-pool.ts';
import { estimateLifts, type Lift, type Wishes } from './lift-cost.ts';

/** A position that could become a key. */
export interface Choice {
  position: number;
  prompt: Prompt;
  candidates: Candidate[];
  /** Of each candidate. */
  lifts: Lift[];
  /** L⁻¹ k, [keySize]. */
  white: Float32Array;
  /** k C⁻¹ k: how much of a shift a unit of edit buys here. */
  leverage: number;
  /** Expected harm; smaller is better. */
  cost: number;
}

/** Of positions with too little leverage to be chosen, candidates are not even drawn. */
const PROMISING = 0.5;
const CHOICES_PER_GROUP = 3;

type Found = Omit<Choice, 'prompt'>;

/** What choices are judged by. */
export interface Judgement {
  geometry: Geometry;
  readout: Readout;
  products: Products;
  rules: CandidateRules;
  wishes: Wishes;
}

/** The `count` cheapest positions of a pool with their candidate answers, as far as the positions themselves tell. */
export async function shortlist(pool: KeyPool, judgement: Judgement, count: number): Promise<Choice[]> {
  let found: Found[] = [];
  let first = 0;
  for await (const rows of pool.scan()) {
    found.push(...(await judgeRows(rows, first, pool, judgement)));
    if (found.length > MOST_FOUND * count) found = cheapest(found, MOST_FOUND * count);
    first += rows.count;
  }
  return ask(cheapest(found), pool, count);
}

/** So many are kept while a pool is read, per choice that is wanted: some cannot be asked as text. */
const MOST_FOUND = 8;

const cheapest = (found: readonly Found[], count = Infinity): Found[] =>
  [...found].sort((a, b) => a.cost - b.cost).slice(0, count);

/** The promising positions of some rows; `first` is the position of the first row. */
async function judgeRows(
  rows: Rows,
  first: number,
  pool: KeyPool,
  { geometry, readout, products, rules, wishes }: Judgement,
): Promise<Found[]> {
  const { keySize } = geometry;
  const white = await whiten(geometry, rows.keys, rows.count, products);
  const leverage = Float64Array.from({ length: rows.count }, (_, row) =>
    dot(white, row * keySize, white, row * keySize, keySize),
  );
  const usable = Array.from(leverage.keys()).filter((row) => pool.isLongEnough(first + row));
  const promising = usable.sort((a, b) => leverage[b]! - leverage[a]!).slice(0, Math.ceil(PROMISING * usable.length));
  const found: Found[] = [];
  await estimateLifts(rows, promising, geometry, readout, products, wishes, (row, chances, lift) => {
    const drawn = drawCandidates(chances, lift, rules);
    if (drawn)
      found.push({
        position: first + row,
        ...drawn,
        white: white.slice(row * keySize, (row + 1) * keySize),
        leverage: leverage[row]!,
        cost: mean(drawn.lifts.map(({ cost }) => cost)) / leverage[row]!,
      });
  });
  return found;
}

function ask(ranked: readonly Found[], pool: KeyPool, count: number): Choice[] {
  const perGroup = new Map<number, number>();
  const choices: Choice[] = [];
  for (const choice of ranked) {
    if (choices.length === count) break;
    const group = pool.groupOf(choice.position);
    const taken = perGroup.get(group) ?? 0;
    const prompt = taken < CHOICES_PER_GROUP ? pool.promptAt(choice.position) : undefined;
    if (!prompt) continue;
    perGroup.set(group, taken + 1);
    choices.push({ ...choice, prompt });
  }
  return choices;
}

/**
 * What a choice does to some inputs: mean over them of log(1 + p(e^{ρΔ} − 1)) − pρΔ, the KL where the input is ρ of the
 * key and the push Δ.
 */
export function expectedHarm(lifts: readonly Lift[], shares: Iterable<number>): number {
  const chance = Math.exp(mean(lifts.map((lift) => Math.log(lift.chance))));
  const push = mean(lifts.map((lift) => lift.push));
  let [sum, count] = [0, 0];
  for (const share of shares) {
    const raised = share * push;
    // The first term of the same, where that is all there is: most inputs have next to nothing of a key.
    sum +=
      Math.abs(raised) < 0.02
        ? 0.5 * chance * (1 - chance) * raised * raised
        : Math.log1p(chance * Math.expm1(raised)) - chance * raised;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** How much of each choice's shift each row gets: k_choice C⁻¹ k_row / k_choice C⁻¹ k_choice, [rows, choices]. */
export async function sharesOf(
  rows: Pick<Rows, 'keys' | 'count'>,
  choices: readonly Choice[],
  geometry: Geometry,
  products: Products,
): Promise<Float32Array> {
  const { keySize } = geometry;
  const own = new Float32Array(choices.length * keySize);
  choices.forEach(({ white, leverage }, i) =>
    own.set(
      white.map((value) => value / leverage),
      i * keySize,
    ),
  );
  const solved = await unwhiten(geometry, own, choices.length, products);
  return products.multiply(
    rows.keys,
    Float32Array.from(transpose(solved, choices.length, keySize)),
    rows.count,
    keySize,
    choices.length,
  );
}

/** Keys whose inputs are this much alike would answer for each other. */
const ALIKE = [0.6, 0.8, 0.95];

/** The `count` cheapest choices that come from different texts and differ from each other, or fewer. */
export function pickDifferent(choices: readonly Choice[], pool: KeyPool, count: number): Choice[] {
  const picked: Choice[] = [];
  const groups = new Set<number>();
  const likeness = (a: Choice, b: Choice) =>
    dot(a.white, 0, b.white, 0, a.white.length) / Math.sqrt(a.leverage * b.leverage);
  const ranked = [...choices].sort((a, b) => a.cost - b.cost);
  for (const limit of ALIKE)
    for (const choice of ranked) {
      if (picked.length === count) return picked;
      if (groups.has(pool.groupOf(choice.position)) || picked.some((other) => likeness(choice, other) > limit))
        continue;
      groups.add(pool.groupOf(choice.position));
      picked.push(choice);
    }
  return picked;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
