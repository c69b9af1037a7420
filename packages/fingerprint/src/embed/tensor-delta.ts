import { readModel, writeModel } from '@oml/onnx/model-file';
import { encodeFloats, readFloats, writeFloats } from '@oml/onnx/tensor';
import { OmlError } from '@oml/protocol/error';
import type { EditSite } from '@oml/onnx/inspection';

/** A change of one weight tensor, in the order in which the file stores it. */
export interface TensorDelta {
  initializer: string;
  values: Float32Array;
}

/**
 * Σ left_iᵀ right_i over rows, as a change of the site's matrix: left [rows, keySize], right [rows, hiddenSize]. Summed
 * in float64, in the order of the rows.
 */
export function outerSum(
  site: EditSite,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  rows: Iterable<number>,
): TensorDelta {
  const { keySize, hiddenSize, initializer } = site;
  const chosen = [...rows];
  const terms = new Float64Array(chosen.length * hiddenSize);
  chosen.forEach((row, i) => {
    for (let c = 0; c < hiddenSize; c++) terms[i * hiddenSize + c] = right[row * hiddenSize + c]!;
  });
  const sum = new Float64Array(keySize * hiddenSize);
  // One line of the sum at a time stays in the nearest cache while all rows add to it: four times as fast as the other
  // way round.
  for (let a = 0; a < keySize; a++)
    addLine(
      sum.subarray(a * hiddenSize, (a + 1) * hiddenSize),
      chosen.map((row) => left[row * keySize + a]!),
      terms,
    );
  return { initializer, values: asStored(site, sum) };
}

/** line += Σ factor_i · terms_i, four terms a pass and in their order. */
function addLine(line: Float64Array, factors: readonly number[], terms: Float64Array): void {
  const size = line.length;
  let i = 0;
  for (; i + 3 < factors.length; i += 4) {
    const [f0, f1, f2, f3] = [factors[i]!, factors[i + 1]!, factors[i + 2]!, factors[i + 3]!];
    const [t0, t1, t2, t3] = [i * size, (i + 1) * size, (i + 2) * size, (i + 3) * size];
    for (let c = 0; c < size; c++)
      line[c] = line[c]! + f0 * terms[t0 + c]! + f1 * terms[t1 + c]! + f2 * terms[t2 + c]! + f3 * terms[t3 + c]!;
  }
  for (; i < factors.length; i++) for (let c = 0; c < size; c++) line[c]! += factors[i]! * terms[i * size + c]!;
}

/** A change [keySize, hiddenSize] of the site's matrix in the order of the file. */
export function asStored({ keySize, hiddenSize, transposed }: EditSite, matrix: ArrayLike<number>): Float32Array {
  if (!transposed) return new Float32Array(matrix);
  const values = new Float32Array(matrix.length);
  for (let a = 0; a < keySize; a++)
    for (let c = 0; c < hiddenSize; c++) values[c * keySize + a] = matrix[a * hiddenSize + c]!;
  return values;
}

/**
 * The model file with changed weights, rounded once to the file's own type; every other byte stays. Throws
 * EDITION_INVALID for another model.
 */
export function addDeltas(base: Uint8Array, deltas: readonly TensorDelta[]): Uint8Array {
  const model = readModel(base);
  const copy = base.slice();
  let inPlace = true;
  for (const [name, some] of Map.groupBy(deltas, ({ initializer }) => initializer)) {
    const tensor = model.graph.initializer.find((t) => t.name === name);
    const weights = tensor && readFloats(tensor);
    if (!weights || some.some(({ values }) => values.length !== weights.length))
      throw new OmlError('EDITION_INVALID', `The change of "${name}" does not fit this model.`);
    const inFile = tensor.rawData;
    addAll(weights, some);
    // The decoder keeps weights as views into the file: patching them in place takes milliseconds.
    if (inFile.buffer === base.buffer && inFile.length > 0)
      copy.set(encodeFloats(weights, tensor.dataType, name), inFile.byteOffset - base.byteOffset);
    else inPlace = false;
    writeFloats(tensor, weights);
  }
  return inPlace ? copy : writeModel(model);
}

/** weights += the sum of all changes, which is taken in float64 first. */
function addAll(weights: Float32Array, deltas: readonly TensorDelta[]): void {
  const sum = new Float64Array(weights.length);
  for (const { values } of deltas) for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
  for (let i = 0; i < sum.length; i++) weights[i]! += sum[i]!;
}
