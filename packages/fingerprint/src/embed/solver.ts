import { OmlError } from '@oml/protocol/error';
import { distanceSquared } from '../code-book/choose-keys.ts';
import type { Geometry } from './geometry.ts';
import { dot } from './linear-algebra.ts';
import { scoreOf, type Readout } from '../subject/readout.ts';

export interface MarginOptions {
  /** Logits that the answer must lead by at least. */
  margin?: number;
  /** The answer survives averaging with the clean model down to this weight; 1 asks for the plain margin only. */
  mergeWeight?: number;
  /** Logits on top of the merge margin. */
  slack?: number;
  /** Logits that no margin exceeds: beyond what the head can express the solver would diverge. */
  marginCap?: number;
}

export interface Shift {
  /** Change of the hidden state, [hiddenSize]. */
  delta: Float64Array;
  /** Margin that was reached, in logits. */
  margin: number;
}

const SWEEPS = 200;
const TOLERANCE = 0.02;
const HALVINGS = 6;

/**
 * The cheapest change δ of one hidden state (in the Fisher metric A) after which `target` leads every other outcome by the margin:
 * min ½ δᵀAδ, (d_t − d_j)·(h + δ) ≥ m·scale(h + δ) for all j. Hildreth's dual ascent over the violated constraints; a margin that cannot be
 * reached is halved towards the plain one. Throws EDIT_INFEASIBLE.
 */
export function solveShift(readout: Readout, geometry: Geometry, hidden: Float64Array, target: number, options: MarginOptions): Shift {
  const plain = options.margin ?? 2;
  let wanted = mergeMargin(readout, hidden, target, options);
  for (let attempt = 0; attempt <= HALVINGS; attempt++) {
    const delta = ascend(readout, geometry, hidden, target, wanted);
    if (delta) return { delta, margin: wanted };
    wanted = attempt === HALVINGS - 1 ? plain : plain + (wanted - plain) / 2;
  }
  throw new OmlError('EDIT_INFEASIBLE', `No edit makes this model answer outcome ${target} with a margin of ${plain}.`);
}

/** By linearity of the edit, a lead of gap·(1−a)/a before averaging leaves a lead after it (editions.md §6). */
function mergeMargin(readout: Readout, hidden: Float64Array, target: number, { margin = 2, mergeWeight = 0.5, slack = 1, marginCap = 12 }: MarginOptions): number {
  if (mergeWeight >= 1) return margin;
  const own = scoreOf(readout, hidden, 0, target);
  let best = -Infinity;
  for (let j = 0; j < readout.outcomes; j++) if (j !== target) best = Math.max(best, scoreOf(readout, hidden, 0, j));
  return Math.min(Math.max(margin, ((best - own) * (1 - mergeWeight)) / mergeWeight + slack), Math.max(margin, marginCap));
}

/** Returns δ, or undefined where it did not settle or left the finite numbers (whose comparisons would all pass for "satisfied"). */
function ascend(readout: Readout, { cheapDirections }: Geometry, hidden: Float64Array, target: number, margin: number): Float64Array | undefined {
  const size = readout.hiddenSize;
  const state = Float64Array.from(hidden);
  const limit = 1000 * Math.sqrt(dot(hidden, 0, hidden, 0, size)) + 1000;
  const active = new Map<number, number>();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const worst = worstRival(readout, state, target, margin);
    if (!Number.isFinite(worst.violation) || !(dot(state, 0, state, 0, size) < limit ** 2)) return undefined;
    if (worst.violation <= TOLERANCE) return state.map((value, i) => value - hidden[i]!);
    if (!active.has(worst.rival)) active.set(worst.rival, 0);
    for (let pass = 0; pass < 4; pass++)
      for (const [rival, weight] of active) active.set(rival, relax(readout, cheapDirections, state, target, rival, margin, weight));
  }
  return undefined;
}

/** The outcome that comes closest to the target, and by how many logits the margin is missed. */
function worstRival(readout: Readout, state: Float64Array, target: number, margin: number): { rival: number; violation: number } {
  const { directions, offsets, hiddenSize: size, outcomes } = readout;
  const scale = readout.scale(state, 0);
  const own = dot(directions, target * size, state, 0, size) / scale + offsets[target]!;
  let [rival, violation] = [-1, -Infinity];
  for (let j = 0; j < outcomes; j++) {
    if (j === target) continue;
    const missed = margin - own + dot(directions, j * size, state, 0, size) / scale + offsets[j]!;
    if (missed > violation || Number.isNaN(missed)) [rival, violation] = [j, missed];
  }
  return { rival, violation };
}

/** One dual coordinate step; moves `state` and returns the constraint's new weight. */
function relax(readout: Readout, cheap: Float64Array, state: Float64Array, target: number, rival: number, margin: number, weight: number): number {
  const { directions, offsets, hiddenSize: size } = readout;
  const lead = dot(directions, target * size, state, 0, size) - dot(directions, rival * size, state, 0, size);
  const missed = (margin - offsets[target]! + offsets[rival]!) * readout.scale(state, 0) - lead;
  const next = Math.max(0, weight + missed / (distanceSquared(directions, cheap, target, rival, size) + 1e-12));
  const step = next - weight;
  if (step !== 0) for (let a = 0; a < size; a++) state[a]! += step * (cheap[target * size + a]! - cheap[rival * size + a]!);
  return next;
}
