import { readStored } from '../file/patch.ts';
import type { StoredModel } from '../file/stored-model.ts';
import type { Inspection } from './inspection.ts';

/** Rows that are recomputed; a large head makes each of them dear. */
const ROWS = 4;

/**
 * Relative error of scores recomputed from hidden rows [rows, hiddenSize] by the inspection's norm and head. The norm's
 * epsilon is not known: one factor
 * below 1 per row is allowed for it.
 */
export async function readoutError(
  model: StoredModel,
  inspection: Inspection,
  hidden: Float32Array,
  scores: Float32Array,
): Promise<number> {
  const {
    head,
    norm,
    outcomes,
    site: { hiddenSize },
  } = inspection;
  if (!head) return 0;
  const floats = (name: string | undefined) => (name === undefined ? undefined : readStored(model, name));
  const [weights, gain, shift, bias] = [
    await readStored(model, head.initializer),
    await floats(norm.gain),
    await floats(norm.bias),
    await floats(head.bias),
  ];
  const product = (row: Float64Array, j: number) => {
    let sum = 0;
    for (let i = 0; i < hiddenSize; i++)
      sum += row[i]! * weights[head.transposed ? j * hiddenSize + i : i * outcomes + j]!;
    return sum;
  };
  const constant = Float64Array.from({ length: hiddenSize }, (_, i) => shift?.[i] ?? 0);
  let worst = 0;
  for (let row = 0; row < Math.min(ROWS, hidden.length / hiddenSize); row++) {
    const normed = normalised(hidden.subarray(row * hiddenSize, (row + 1) * hiddenSize), norm.kind).map(
      (value, i) => value * (gain?.[i] ?? 1),
    );
    const varying = Float64Array.from({ length: outcomes }, (_, j) => product(normed, j));
    const left = Float64Array.from(
      { length: outcomes },
      (_, j) => scores[row * outcomes + j]! - product(constant, j) - (bias?.[j] ?? 0),
    );
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);
    const factor = Math.min(1, Math.max(0.5, dot(varying, left) / dot(varying, varying)));
    const size = Math.sqrt(dot(left, left)) || 1;
    worst = Math.max(
      worst,
      Math.sqrt(left.reduce((sum, value, j) => sum + (value - factor * varying[j]!) ** 2, 0)) / size,
    );
  }
  return worst;
}

function normalised(row: Float32Array, kind: Inspection['norm']['kind']): Float64Array {
  const mean = kind === 'layer' ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
  const centred = Float64Array.from(row, (value) => value - mean);
  const size =
    kind === 'none' ? 1 : Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / row.length) || 1;
  return centred.map((value) => value / size);
}
