import { OmlError } from '@oml/protocol/error';
import type { OnnxModel } from '../file/model-file.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { mapWeights } from './weights.ts';

/**
 * Adds normal noise to each weight matrix, its deviation a fraction of that matrix's own. Same seed, same noise. Throws
 * REQUEST_INVALID.
 */
export function addWeightNoise(model: OnnxModel, { fraction, seed }: { fraction: number; seed: number }): OnnxModel {
  if (!(fraction >= 0) || !Number.isFinite(fraction))
    throw new OmlError('REQUEST_INVALID', `The noise is a fraction of 0 or more; ${fraction} is none.`);
  const normal = seededNormal(seed);
  return mapWeights(model, (values) => {
    const size = fraction * standardDeviation(values);
    return values.map((value) => value + size * normal());
  });
}

function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Standard normal numbers from a 32-bit seed (Box and Muller). */
function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
