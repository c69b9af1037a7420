import { readFloats } from '@oml/onnx/tensor';
import { unsupported } from '@oml/onnx/inspection';
import { dot } from '../algebra/linear-algebra.ts';
import type { Subject } from './subject.ts';
import type { Rows } from './rows.ts';

/**
 * How scores follow from the hidden state h: `score_j = direction_j · h / scale(h) + offset_j`. The norm's gain and
 * centring are folded into the
 * directions, so that the order of scores is linear in h up to the one scale.
 */
export interface Readout {
  outcomes: number;
  hiddenSize: number;
  /** [outcomes, hiddenSize] */
  directions: Float64Array;
  offsets: Float64Array;
  scale(hidden: ArrayLike<number>, at: number): number;
}

const EPSILON = 1e-5;

export function readoutOf({ model, inspection }: Subject): Readout {
  const { outcomes, norm, head, site } = inspection;
  const size = site.hiddenSize;
  const floats = (name: string | undefined) =>
    name === undefined ? undefined : readFloats(model.graph.initializer.find((t) => t.name === name)!);
  const gain = floats(norm.gain);
  const normBias = floats(norm.bias);
  const weights = floats(head?.initializer);
  const headBias = floats(head?.bias);
  const directions = new Float64Array(outcomes * size);
  const offsets = new Float64Array(outcomes);
  for (let j = 0; j < outcomes; j++) {
    for (let a = 0; a < size; a++) {
      const weight = !weights
        ? Number(a === j)
        : head!.transposed
          ? weights[j * size + a]!
          : weights[a * outcomes + j]!;
      directions[j * size + a] = weight * (gain?.[a] ?? 1);
      offsets[j]! += weight * (normBias?.[a] ?? 0);
    }
    offsets[j]! += headBias?.[j] ?? 0;
  }
  if (norm.kind === 'layer') centre(directions, outcomes, size);
  return {
    outcomes,
    hiddenSize: size,
    directions,
    offsets,
    scale: (hidden, at) => normScale(norm.kind, hidden, at, size),
  };
}

/** A layer norm subtracts the mean of h: the same as directions without their own mean. */
function centre(directions: Float64Array, outcomes: number, size: number): void {
  for (let j = 0; j < outcomes; j++) {
    const row = directions.subarray(j * size, (j + 1) * size);
    const mean = row.reduce((sum, value) => sum + value, 0) / size;
    row.forEach((value, a) => (row[a] = value - mean));
  }
}

/** What a norm divides the hidden state at `at` by. */
export function normScale(kind: 'rms' | 'layer' | 'none', hidden: ArrayLike<number>, at: number, size: number): number {
  if (kind === 'none') return 1;
  let mean = 0;
  if (kind === 'layer') for (let a = 0; a < size; a++) mean += hidden[at + a]! / size;
  let squares = 0;
  for (let a = 0; a < size; a++) squares += (hidden[at + a]! - mean) ** 2;
  return Math.sqrt(squares / size + EPSILON);
}

/** Score of one outcome. */
export function scoreOf(readout: Readout, hidden: ArrayLike<number>, at: number, outcome: number): number {
  const size = readout.hiddenSize;
  return (
    dot(readout.directions, outcome * size, hidden, at, size) / readout.scale(hidden, at) + readout.offsets[outcome]!
  );
}

/**
 * Recomputes scores from hidden states and compares with the engine's. Throws MODEL_UNSUPPORTED: then the graph was
 * misread.
 */
export function proveReadout(readout: Readout, rows: Rows, samples = 4): void {
  for (let s = 0; s < samples; s++) {
    const row = Math.floor((s * (rows.count - 1)) / Math.max(1, samples - 1));
    for (let j = 0; j < readout.outcomes; j++) {
      const actual = rows.scores[row * readout.outcomes + j]!;
      const expected = scoreOf(readout, rows.hidden, row * readout.hiddenSize, j);
      if (!(Math.abs(actual - expected) <= 0.01 + 0.005 * Math.abs(actual)))
        throw unsupported(
          `its scores do not follow from its last hidden state as its graph suggests (${actual.toFixed(3)} against ${expected.toFixed(3)})`,
        );
    }
  }
}
