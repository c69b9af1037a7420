import type { Weights } from '@oml/onnx/autodiff/adam';
import type { Products } from '../algebra/products.ts';
import type { Filters } from './constraint.ts';
import type { Site } from './site.ts';

/** Weights after a refit: of each matrix only what its filter lets through, K W. */
export async function refitted(
  sites: readonly Site[],
  weights: Weights,
  filters: Filters,
  products: Products,
): Promise<Weights> {
  const refit: Weights = new Map(weights);
  for (const { weight, transposed, input, inSize, outSize } of sites) {
    const filter = filters.get(input);
    if (!filter) continue;
    const values = weights.get(weight)!;
    const kept = transposed
      ? await products.multiply(values, filter, outSize, inSize, inSize)
      : await products.multiply(filter, values, inSize, inSize, outSize);
    refit.set(weight, Float32Array.from(kept));
  }
  return refit;
}
