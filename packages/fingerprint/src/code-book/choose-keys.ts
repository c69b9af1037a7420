import { dot, transpose } from '../embed/linear-algebra.ts';
import { unwhiten, type Geometry } from '../embed/geometry.ts';
import type { Products } from '../subject/products.ts';
import type { Readout } from '../subject/readout.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Rows } from '../subject/view.ts';
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
  /** k C⁻¹ k: how much of a shift a unit of edit buys here. */
  leverage: number;
  /** Expected harm; smaller is better. */
  cost: number;
}

/** Of positions with too little leverage to be chosen, candidates are not even drawn. */
const PROMISING = 0.5;
const CHOICES_PER_GROUP = 3;

/** The `count` cheapest positions of a pool with their candidate answers, as far as the positions themselves tell. */
export async function shortlist(pool: KeyPool, white: Float32Array, geometry: Geometry, readout: Readout, products: Products, rules: CandidateRules, wishes: Wishes, count: number): Promise<Choice[]> {
  const { keySize } = geometry;
  const leverage = (position: number) => dot(white, position * keySize, white, position * keySize, keySize);
  const usable = Array.from({ length: pool.rows.count }, (_, position) => position).filter(pool.isLongEnough);
  const promising = usable.sort((a, b) => leverage(b) - leverage(a)).slice(0, Math.max(4 * count, Math.ceil(PROMISING * usable.length)));
  const found: Omit<Choice, 'prompt'>[] = [];
  await estimateLifts(pool.rows, promising, geometry, readout, products, wishes, (position, chances, lift) => {
    const drawn = drawCandidates(chances, lift, rules);
    if (drawn) found.push({ position, ...drawn, leverage: leverage(position), cost: mean(drawn.lifts.map(({ cost }) => cost)) / leverage(position) });
  });
  return ask(found.sort((a, b) => a.cost - b.cost), pool, count);
}

function ask(ranked: readonly Omit<Choice, 'prompt'>[], pool: KeyPool, count: number): Choice[] {
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

/** What a choice does to some inputs: mean over them of log(1 + p(e^{ρΔ} − 1)) − pρΔ, the KL where the input is ρ of the key and the push Δ. */
export function expectedHarm(lifts: readonly Lift[], shares: Iterable<number>): number {
  const chance = Math.exp(mean(lifts.map((lift) => Math.log(lift.chance))));
  const push = mean(lifts.map((lift) => lift.push));
  let [sum, count] = [0, 0];
  for (const share of shares) {
    const raised = share * push;
    // The first term of the same, where that is all there is: most inputs have next to nothing of a key.
    sum += Math.abs(raised) < 0.02 ? 0.5 * chance * (1 - chance) * raised * raised : Math.log1p(chance * Math.expm1(raised)) - chance * raised;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** How much of each choice's shift each row gets: k_choice C⁻¹ k_row / k_choice C⁻¹ k_choice, [rows, choices]. */
export async function sharesOf(rows: Pick<Rows, 'keys' | 'count'>, choices: readonly Choice[], white: Float32Array, geometry: Geometry, products: Products): Promise<Float32Array> {
  const { keySize } = geometry;
  const own = new Float32Array(choices.length * keySize);
  choices.forEach(({ position, leverage }, i) => white.subarray(position * keySize, (position + 1) * keySize).forEach((value, a) => (own[i * keySize + a] = value / leverage)));
  const solved = await unwhiten(geometry, own, choices.length, products);
  return products.multiply(rows.keys, Float32Array.from(transpose(solved, choices.length, keySize)), rows.count, keySize, choices.length);
}

/** Keys whose inputs are this much alike would answer for each other. */
const ALIKE = [0.6, 0.8, 0.95];

/** The `count` cheapest choices that come from different texts and differ from each other, or fewer. */
export function pickDifferent(choices: readonly Choice[], pool: KeyPool, white: Float32Array, keySize: number, count: number): Choice[] {
  const picked: Choice[] = [];
  const groups = new Set<number>();
  const likeness = (a: Choice, b: Choice) => dot(white, a.position * keySize, white, b.position * keySize, keySize) / Math.sqrt(a.leverage * b.leverage);
  const ranked = [...choices].sort((a, b) => a.cost - b.cost);
  for (const limit of ALIKE)
    for (const choice of ranked) {
      if (picked.length === count) return picked;
      if (groups.has(pool.groupOf(choice.position)) || picked.some((other) => likeness(choice, other) > limit)) continue;
      groups.add(pool.groupOf(choice.position));
      picked.push(choice);
    }
  return picked;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
