import type { Products } from './products.ts';
import { invertSymmetric, transpose } from './linear-algebra.ts';

/**
 * C⁻¹ of the ridged covariance of sampled keys, without ever holding a matrix of keySize × keySize. With samples S
 * [count, keySize] and
 * C = SᵀS/count + λI, Woodbury's identity gives C⁻¹ = (I − Sᵀ(count·λ·I + S Sᵀ)⁻¹S)/λ.
 */
export interface SampledCovariance {
  keySize: number;
  /** C⁻¹ k for each row k of [count, keySize]. */
  solve(keys: Float32Array, count: number): Promise<Float32Array>;
}

/** `ridge`: λ as a share of the mean eigenvalue. */
export async function sampledCovariance(
  samples: Float32Array,
  count: number,
  keySize: number,
  ridge: number,
  products: Products,
): Promise<SampledCovariance> {
  const columns = Float32Array.from(transpose(samples, count, keySize));
  const gram = Float64Array.from(await products.multiply(samples, columns, count, keySize, count));
  let trace = 0;
  for (let i = 0; i < count; i++) trace += gram[i * count + i]!;
  const lambda = (ridge * trace) / (count * keySize) + Number.MIN_VALUE;
  for (let i = 0; i < count; i++) gram[i * count + i]! += count * lambda;
  const inverse = Float32Array.from(invertSymmetric(gram, count));
  return {
    keySize,
    async solve(keys, rows) {
      const seen = await products.multiply(keys, columns, rows, keySize, count);
      const weights = await products.multiply(seen, inverse, rows, count, count);
      const explained = await products.multiply(weights, samples, rows, count, keySize);
      return keys.map((value, i) => (value - explained[i]!) / lambda);
    },
  };
}
