import { readModel, writeModel } from '@oml/onnx/model-file';
import { encodeFloats, readFloats, writeFloats } from '@oml/onnx/tensor';
import { OmlError } from '@oml/protocol/error';
import type { EditSite } from '@oml/onnx/inspection';

/** A change of one weight tensor, in the order in which the file stores it. */
export interface TensorDelta {
  initializer: string;
  values: Float32Array;
}

/** Σ left_iᵀ right_i over rows, as a change of the site's matrix: left [rows, keySize], right [rows, hiddenSize]. */
export function outerSum(site: EditSite, left: ArrayLike<number>, right: ArrayLike<number>, rows: Iterable<number>): TensorDelta {
  const { keySize, hiddenSize, initializer } = site;
  const sum = new Float64Array(keySize * hiddenSize);
  for (const row of rows)
    for (let a = 0; a < keySize; a++) {
      const factor = left[row * keySize + a]!;
      if (factor !== 0) for (let c = 0, at = a * hiddenSize; c < hiddenSize; c++) sum[at + c]! += factor * right[row * hiddenSize + c]!;
    }
  return { initializer, values: asStored(site, sum) };
}

/** A change [keySize, hiddenSize] of the site's matrix in the order of the file. */
export function asStored({ keySize, hiddenSize, transposed }: EditSite, matrix: ArrayLike<number>): Float32Array {
  const values = new Float32Array(matrix.length);
  for (let a = 0; a < keySize; a++) for (let c = 0; c < hiddenSize; c++) values[transposed ? c * keySize + a : a * hiddenSize + c] = matrix[a * hiddenSize + c]!;
  return values;
}

/** The model file with changed weights, rounded once to the file's own type; every other byte stays. Throws EDITION_INVALID for another model. */
export function addDeltas(base: Uint8Array, deltas: readonly TensorDelta[]): Uint8Array {
  const model = readModel(base);
  const copy = base.slice();
  let inPlace = true;
  for (const [name, some] of Map.groupBy(deltas, ({ initializer }) => initializer)) {
    const tensor = model.graph.initializer.find((t) => t.name === name);
    const weights = tensor && readFloats(tensor);
    if (!weights || some.some(({ values }) => values.length !== weights.length)) throw new OmlError('EDITION_INVALID', `The change of "${name}" does not fit this model.`);
    const inFile = tensor.rawData;
    for (let i = 0; i < weights.length; i++) {
      let sum = 0;
      for (const { values } of some) sum += values[i]!;
      weights[i]! += sum;
    }
    // The decoder keeps weights as views into the file: patching them in place takes milliseconds.
    if (inFile.buffer === base.buffer && inFile.length > 0) copy.set(encodeFloats(weights, tensor.dataType, name), inFile.byteOffset - base.byteOffset);
    else inPlace = false;
    writeFloats(tensor, weights);
  }
  return inPlace ? copy : writeModel(model);
}
