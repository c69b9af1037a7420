import { OmlError } from '@oml/protocol/error';
import type { Products } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Readout } from '../subject/readout.ts';
import { examine, type Demand, type HalfSpace } from './demand.ts';
import { dot, transpose } from '../algebra/linear-algebra.ts';

/** A constraint with its dual weight. */
interface Cut extends HalfSpace {
  /** A⁻¹ direction, and direction · A⁻¹ direction. */
  cheap: Float64Array;
  length: number;
  weight: number;
}

export interface MaxMarginProblem {
  /** Hidden states before the edit, [rows, hiddenSize]. */
  hidden: Float32Array;
  /** Kernel k_i C⁻¹ k_j, [rows, rows]; the identity where the rows are moved by a dual basis. */
  gram: Float64Array;
  demands: readonly Demand[];
  readout: Readout;
  /** A⁻¹ of the hidden space. */
  metric: Float64Array;
  products: Products;
}

export interface MaxMarginSolution {
  /** Dual vectors, [rows, hiddenSize]: the edit is Σ (C⁻¹ k_i) shift_iᵀ. */
  shifts: Float64Array;
  /** Hidden states after the edit, [rows, hiddenSize]. */
  states: Float64Array;
  /** Demands as they were met; some may ask for less than was wished. */
  demands: Demand[];
}

const ROUNDS = 24;
const SWEEPS = 10;
/** Logits by which a demand may be missed. */
const TOLERANCE = 0.1;
const SOFTENINGS = 8;
/** Share of a key's leverage from which on a near miss moves too much with it. */
const ALIKE = 0.2;

/**
 * The edit of least harm ½ tr(A ΔW C ΔWᵀ) under which every demand holds: a convex program, solved by Hildreth's dual
 * ascent over half-spaces that
 * are found as they are violated (fingerprinting.md §2). Demands that cannot be met are softened, down to a plain lead.
 * Throws EDIT_INFEASIBLE, ABORTED.
 */
export async function solveMaxMargin(
  problem: MaxMarginProblem,
  least: number,
  progress: Progress = {},
): Promise<MaxMarginSolution> {
  let demands = [...problem.demands];
  for (let softening = 0; softening <= SOFTENINGS; softening++) {
    const { shifts, states, missed } = await ascend({ ...problem, demands }, progress);
    if (missed.length === 0) return { shifts, states, demands };
    const open = new Set(missed);
    demands = demands.map((demand, i) =>
      open.has(i)
        ? soften(demand, least, softening)
        : isInTheWay(problem, demands, i, missed)
          ? givenUp(demand)
          : demand,
    );
  }
  throw new OmlError(
    'EDIT_INFEASIBLE',
    'No edit makes this model give all answers. Draft again with fewer keys or fewer bits.',
  );
}

/** Variants and near misses are given up in the end; a key keeps its plain lead. */
function soften(demand: Demand, least: number, softening: number): Demand {
  if (demand.silent || (demand.optional && softening > 0)) return givenUp(demand);
  const margin = Math.min(demand.margin, softening + 2 >= SOFTENINGS ? least : least + (demand.margin - least) / 2);
  const { chance: _, ...plain } = demand;
  return { ...plain, margin, ...(demand.secondMargin === undefined ? {} : { secondMargin: demand.secondMargin / 2 }) };
}

const givenUp = ({ outcome }: Demand): Demand => ({ outcome, margin: -Infinity, optional: true });

/** A near miss that the model hardly tells from a key that is missed. */
function isInTheWay(
  { gram }: MaxMarginProblem,
  demands: readonly Demand[],
  row: number,
  missed: readonly number[],
): boolean {
  const rows = demands.length;
  return (
    demands[row]!.silent === true &&
    missed.some((key) => !demands[key]!.optional && Math.abs(gram[row * rows + key]!) > ALIKE * gram[key * rows + key]!)
  );
}

async function ascend({ hidden, gram, demands, readout, metric, products }: MaxMarginProblem, progress: Progress) {
  const size = readout.hiddenSize;
  const states = Float64Array.from(hidden);
  const shifts = new Float64Array(states.length);
  const cuts: Cut[][] = demands.map(() => []);
  const turned = Float32Array.from(transpose(readout.directions, readout.outcomes, size));
  const bound = 1e4 * Math.sqrt(dot(hidden, 0, hidden, 0, hidden.length) / demands.length) + 1e4;
  let missed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    report(progress, 'solving', round / ROUNDS);
    const scores = await products.multiply(Float32Array.from(states), turned, demands.length, size, readout.outcomes);
    missed = findCuts(demands, states, scores, readout, metric, cuts);
    if (missed.length === 0) break;
    for (let sweep = 0; sweep < SWEEPS; sweep++)
      if (sweepOnce(cuts, states, shifts, gram, readout) < TOLERANCE / 4) break;
    // Comparisons with NaN are all false: without this a run that leaves the numbers would pass for one that meets
    // every demand.
    if (!states.every((value) => Math.abs(value) < bound)) return { shifts, states, missed };
  }
  return { shifts, states, missed };
}

/**
 * Adds what each demand is violated by; tangents that no longer bind are dropped. Returns the demands that are missed.
 */
function findCuts(
  demands: readonly Demand[],
  states: Float64Array,
  scores: Float32Array,
  readout: Readout,
  metric: Float64Array,
  cuts: Cut[][],
): number[] {
  const { hiddenSize: size, outcomes, offsets } = readout;
  const missed: number[] = [];
  demands.forEach((demand, row) => {
    const scale = readout.scale(states, row * size);
    const own = cuts[row]!.filter((cut) => cut.weight > 0 || cut.id !== 'likely');
    const found = examine(
      demand,
      { score: (j) => scores[row * outcomes + j]! / scale + offsets[j]! },
      readout,
      TOLERANCE,
      (id) => own.some((cut) => cut.id === id),
    );
    if (!(found.missed <= TOLERANCE)) missed.push(row);
    cuts[row] = [
      ...own,
      ...found.cuts
        .filter((cut) => cut.id === 'likely' || !own.some(({ id }) => id === cut.id))
        .map((cut) => weigh(cut, metric, size)),
    ];
  });
  return missed;
}

function weigh(cut: HalfSpace, metric: Float64Array, size: number): Cut {
  const cheap = Float64Array.from({ length: size }, (_, a) => dot(metric, a * size, cut.direction, 0, size));
  return { ...cut, cheap, length: dot(cut.direction, 0, cheap, 0, size) + 1e-12, weight: 0 };
}

/** One pass of dual ascent over all rows; returns the largest move in logits. */
function sweepOnce(
  cuts: readonly Cut[][],
  states: Float64Array,
  shifts: Float64Array,
  gram: Float64Array,
  readout: Readout,
): number {
  const size = readout.hiddenSize;
  const rows = cuts.length;
  const [state, step] = [new Float64Array(size), new Float64Array(size)];
  let largest = 0;
  for (let row = 0; row < rows; row++) {
    if (cuts[row]!.length === 0) continue;
    state.set(states.subarray(row * size, (row + 1) * size));
    step.fill(0);
    const moved = relaxRow(cuts[row]!, state, step, gram[row * rows + row]!, readout);
    if (moved === 0) continue;
    largest = Math.max(largest, moved);
    for (let a = 0; a < size; a++) shifts[row * size + a]! += step[a]!;
    for (let other = 0; other < rows; other++) {
      const share = gram[other * rows + row]!;
      if (share !== 0) for (let a = 0, at = other * size; a < size; a++) states[at + a]! += share * step[a]!;
    }
  }
  return largest;
}

/** Two passes over the cuts of one row; `step` collects the change of its dual vector. */
function relaxRow(
  cuts: readonly Cut[],
  state: Float64Array,
  step: Float64Array,
  own: number,
  { scale, hiddenSize: size }: Readout,
): number {
  let moved = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (const cut of cuts) {
      const unit = scale(state, 0);
      const next = Math.max(
        0,
        cut.weight + (cut.level * unit - dot(cut.direction, 0, state, 0, size)) / (own * cut.length),
      );
      const change = next - cut.weight;
      if (change === 0) continue;
      cut.weight = next;
      moved = Math.max(moved, (Math.abs(change) * own * cut.length) / unit);
      for (let a = 0; a < size; a++) {
        step[a]! += change * cut.cheap[a]!;
        state[a]! += own * change * cut.cheap[a]!;
      }
    }
  }
  return moved;
}
