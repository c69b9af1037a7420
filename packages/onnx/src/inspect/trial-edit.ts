import { patchTensor, readStored, type Patch } from '../file/patch.ts';
import type { StoredModel } from '../file/stored-model.ts';
import { decodeFloats } from '../file/tensor.ts';
import { seededRandom } from '../run/seeded-random.ts';
import type { Inspection } from './inspection.ts';

/**
 * One rank: along the first key, in a random direction, a tenth of the hidden rows' size. The delta is what the file's
 * own type keeps of it.
 */
export async function trialEdit(
  model: StoredModel,
  { site }: Inspection,
  keys: Float32Array,
  hidden: Float32Array,
  seed: number,
): Promise<{ patch: Patch; delta: Float32Array }> {
  const { keySize, hiddenSize, transposed, initializer } = site;
  const random = seededRandom(seed + 1);
  const direction = Float32Array.from({ length: hiddenSize }, () => random() - 0.5);
  const along = keys.slice(0, keySize);
  const rms = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) || 1;
  const scale = (0.1 * rms(hidden)) / (rms(direction) * keySize * rms(along) ** 2);
  const weights = await readStored(model, initializer);
  const edited = weights.map((value, i) => {
    const [row, column] = transposed
      ? [i % keySize, Math.floor(i / keySize)]
      : [Math.floor(i / hiddenSize), i % hiddenSize];
    return value + scale * along[row]! * direction[column]!;
  });
  const patch = patchTensor(model, initializer, edited);
  return {
    patch,
    delta: minus(decodeFloats(patch.bytes, model.stored.get(initializer)!.dataType, initializer), weights),
  };
}

/** key · ΔW for every row, [rows, hiddenSize]. */
export function shifts(
  keys: Float32Array,
  delta: Float32Array,
  { site: { keySize, hiddenSize, transposed } }: Inspection,
): Float32Array {
  const rows = keys.length / keySize;
  const out = new Float32Array(rows * hiddenSize);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < keySize; i++) {
      const key = keys[row * keySize + i]!;
      for (let j = 0; j < hiddenSize; j++)
        out[row * hiddenSize + j]! += key * delta[transposed ? j * keySize + i : i * hiddenSize + j]!;
    }
  return out;
}

/** Element by element. */
export const minus = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]!);

/** Size of the difference in units of the first's size. NaN where either holds one. */
export function relative(a: Float32Array, b: Float32Array): number {
  const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length(minus(a, b)) / (length(a) || 1);
}
