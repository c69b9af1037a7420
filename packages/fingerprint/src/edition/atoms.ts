import { OmlError } from '@oml/protocol/error';
import { whiten, unwhiten, type Geometry } from '../embed/geometry.ts';
import { dot, invertSymmetric, multiply } from '../embed/linear-algebra.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Readout } from '../subject/readout.ts';
import { solveShift, type MarginOptions } from '../embed/solver.ts';
import type { Rows } from '../subject/view.ts';

/**
 * One rank-one edit per key, `dual_iᵀ shift_i`, which moves that key's hidden state and no other key's: dual_i · k_j is 1 for i = j, else 0. Atoms
 * are solved once over the whole code book, so that keys shared by two editions cancel exactly in their difference.
 */
export interface Atoms {
  count: number;
  /** [count, keySize] */
  duals: Float32Array;
  /** [count, hiddenSize] */
  shifts: Float32Array;
  /** Logits that each key's answer leads by. */
  margins: number[];
}

/** Solves the atoms of all rows. Throws EDIT_INFEASIBLE, ABORTED. */
export function solveAtoms(rows: Rows, targets: readonly number[], geometry: Geometry, readout: Readout, options: MarginOptions & Progress): Atoms {
  const { keySize } = geometry;
  const size = readout.hiddenSize;
  const duals = dualBasis(rows, geometry);
  const shifts = new Float32Array(rows.count * size);
  const margins = targets.map((target, row) => {
    report(options, 'atoms', row / rows.count);
    const hidden = Float64Array.from(rows.hidden.subarray(row * size, (row + 1) * size));
    const { delta, margin } = solveShift(readout, geometry, hidden, target, options);
    shifts.set(delta, row * size);
    return margin;
  });
  if (![...duals, ...shifts].every(Number.isFinite) || duals.length !== rows.count * keySize)
    throw new OmlError('EDIT_INFEASIBLE', 'The edit has values that are not finite.');
  return { count: rows.count, duals, shifts, margins };
}

/** Z' = G⁻¹ K C⁻¹ with G = K C⁻¹ Kᵀ. */
function dualBasis(rows: Rows, geometry: Geometry): Float32Array {
  const { count } = rows;
  const { keySize } = geometry;
  const white = whiten(geometry, rows.keys, count);
  const gram = new Float64Array(count * count);
  for (let a = 0; a < count; a++)
    for (let b = 0; b <= a; b++) gram[a * count + b] = gram[b * count + a] = dot(white, a * keySize, white, b * keySize, keySize);
  return Float32Array.from(multiply(invertSymmetric(gram, count), unwhiten(geometry, white, count), count, count, keySize));
}
