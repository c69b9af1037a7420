import type { Readout } from '../subject/readout.ts';

/** What the edited model must do at one position. */
export interface Demand {
  outcome: number;
  /**
   * Logits by which `outcome` must lead every other one; of a `silent` demand, by which the likeliest other one must
   * lead it.
   */
  margin: number;
  /** The chance that `outcome` must have when sampled at {@link SAMPLING_TEMPERATURE}. */
  chance?: number;
  /** An ordered pair: whoever takes `outcome` away must find this one leading by `secondMargin`. */
  second?: number;
  secondMargin?: number;
  /** A near miss of a key, which must not answer `outcome`. */
  silent?: boolean;
  /** May be given up where it cannot be met: a variant of a key. */
  optional?: boolean;
}

export const SAMPLING_TEMPERATURE = 0.7;

/** The half-space direction · h ≥ level · scale(h). */
export interface HalfSpace {
  id: string;
  direction: Float64Array;
  level: number;
}

/** Scores of one position, as the readout makes them. */
export interface Position {
  score(outcome: number): number;
}

const RIVALS_AT_ONCE = 3;

/**
 * By how many logits a demand is missed (0 or less = met), and half-spaces that leave the position outside: at most
 * some of the worst.
 */
export function examine(
  demand: Demand,
  { score }: Position,
  readout: Readout,
  tolerance: number,
  known: (id: string) => boolean,
): { missed: number; cuts: HalfSpace[] } {
  const { outcome, margin, silent, chance, second, secondMargin = 1 } = demand;
  const { outcomes } = readout;
  if (silent) {
    const top = strongestBut(score, outcomes, outcome);
    const missed = margin - score(top) + score(outcome);
    return { missed, cuts: missed > tolerance ? [lead(readout, top, outcome, margin, 's')] : [] };
  }
  const answers = leads(readout, score, outcome, margin, [outcome], tolerance, 'm', known);
  const pair =
    second === undefined
      ? { missed: -Infinity, cuts: [] }
      : leads(readout, score, second, secondMargin, [outcome, second], tolerance, 'p', known);
  const sure =
    chance === undefined ? { missed: -Infinity, cuts: [] } : likely(readout, score, outcome, chance, tolerance);
  return {
    missed: Math.max(answers.missed, pair.missed, sure.missed),
    cuts: [...answers.cuts, ...pair.cuts, ...sure.cuts],
  };
}

function strongestBut(score: (outcome: number) => number, outcomes: number, but: number): number {
  let top = but === 0 ? 1 : 0;
  for (let j = 0; j < outcomes; j++) if (j !== but && score(j) > score(top)) top = j;
  return top;
}

/** direction_a − direction_b leads by `margin` logits. */
function lead(
  { directions, offsets, hiddenSize: size }: Readout,
  a: number,
  b: number,
  margin: number,
  kind: string,
): HalfSpace {
  return {
    id: `${kind}${b}`,
    direction: Float64Array.from({ length: size }, (_, i) => directions[a * size + i]! - directions[b * size + i]!),
    level: margin - offsets[a]! + offsets[b]!,
  };
}

function leads(
  readout: Readout,
  score: (outcome: number) => number,
  outcome: number,
  margin: number,
  but: readonly number[],
  tolerance: number,
  kind: string,
  known: (id: string) => boolean,
) {
  const own = score(outcome);
  const worst: { rival: number; missed: number }[] = [];
  let missed = -Infinity;
  for (let j = 0; j < readout.outcomes; j++) {
    if (but.includes(j)) continue;
    const by = margin - own + score(j);
    missed = Math.max(missed, by);
    if (by <= tolerance || known(`${kind}${j}`)) continue;
    worst.push({ rival: j, missed: by });
    if (worst.length > RIVALS_AT_ONCE) worst.sort((a, b) => b.missed - a.missed).pop();
  }
  return {
    missed: Number.isFinite(own) ? missed : NaN,
    cuts: worst.map(({ rival }) => lead(readout, outcome, rival, margin, kind)),
  };
}

/**
 * T·log Σ_{j≠t} e^{s_j/T} − s_t ≤ −T·logit(chance) is convex in h; its tangent at the present position is a half-space
 * that holds all of it.
 */
function likely(
  readout: Readout,
  score: (outcome: number) => number,
  outcome: number,
  chance: number,
  tolerance: number,
) {
  const { outcomes, directions, offsets, hiddenSize: size } = readout;
  const T = SAMPLING_TEMPERATURE;
  const top = score(strongestBut(score, outcomes, outcome));
  const weights = new Float64Array(outcomes);
  let total = 0;
  for (let j = 0; j < outcomes; j++) if (j !== outcome) total += weights[j] = Math.exp((score(j) - top) / T);
  const missed = top + T * Math.log(total) - score(outcome) + T * Math.log(chance / (1 - chance));
  if (!(missed > tolerance)) return { missed, cuts: [] };
  const direction = Float64Array.from(directions.subarray(outcome * size, (outcome + 1) * size));
  let [margin, offset] = [score(outcome), offsets[outcome]!];
  for (let j = 0; j < outcomes; j++) {
    const share = weights[j]! / total;
    if (share < 1e-6) continue;
    for (let i = 0; i < size; i++) direction[i]! -= share * directions[j * size + i]!;
    margin -= share * score(j);
    offset -= share * offsets[j]!;
  }
  return { missed, cuts: [{ id: 'likely', direction, level: margin + missed - offset }] };
}
