import type { Weights } from '@oml/onnx/autodiff/adam';
import type { Products } from '../algebra/products.ts';
import type { Subject } from '../subject/subject.ts';
import type { Filters } from './constraint.ts';
import type { Copy } from './goals.ts';
import type { Metric } from './metric.ts';
import type { Site } from './site.ts';

/** A ridge refit that keys must live through. */
export interface Anchor {
  /** Ridge in mean eigenvalues. */
  lambda: number;
  /** Of every matrix that is changed, or of the last alone. */
  of: 'all' | 'last';
  /** Logits by which a key may lead less in it than by itself. */
  forgotten: number;
}

export interface CopiesInputs {
  anchors: readonly Anchor[];
  subject: Subject;
  sites: readonly Site[];
  metric: Metric;
  products: Products;
}

/** Measures what each refit lets through; the function returned refits weights. */
export async function openCopies({
  anchors,
  subject,
  sites,
  metric,
  products,
}: CopiesInputs): Promise<(weights: Weights) => Promise<Copy[]>> {
  const last = sites.filter(({ weight }) => weight === subject.inspection.site.initializer);
  const refits: { forgotten: number; of: readonly Site[]; filters: Filters }[] = [];
  for (const { lambda, of: which, forgotten } of anchors) {
    const of = which === 'last' ? last : sites;
    if (of.length > 0) refits.push({ forgotten, of, filters: await metric.filters(lambda, of) });
  }
  return async (weights) => {
    const copies: Copy[] = [];
    for (const { forgotten, of, filters } of refits)
      copies.push({ forgotten, filters, weights: await refitted(of, weights, filters, products) });
    return copies;
  };
}

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
