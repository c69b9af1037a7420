import type { Weights } from '@oml/onnx/autodiff/adam';
import type { Products } from '../algebra/products.ts';
import { addDeltas } from '../embed/tensor-delta.ts';
import { measureHarm } from '../subject/measure.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import type { Filters } from './constraint.ts';
import type { Copy } from './goals.ts';
import type { Metric } from './metric.ts';
import type { Site } from './site.ts';

export interface CopiesInputs {
  subject: Subject;
  ordinary: Ordinary;
  sites: readonly Site[];
  clean: Weights;
  metric: Metric;
  products: Products;
}

/** A ridge refit that keys must live through: of some matrices, what it lets through, and what keys may lose in it. */
interface Refit extends Pick<Copy, 'forgotten'> {
  of: readonly Site[];
  filters: Filters;
}

/** The refit of every changed matrix, in mean eigenvalues; harder ones cost ordinary text too much. */
const ALL = 0.1;
/** Those of the last matrix alone, ascending. */
const LAST = [0.1, 0.3, 1];
/** Perplexity that a host may lose in a copy to contrast with: more, and there is nothing left to contrast. */
const DEAREST = 0.05;
/**
 * A copy that costs less is pushed against hard, and keys may lose the first of these logits in it; in one that costs
 * more ordinary text loses as much as the second.
 */
const [CHEAP, FORGOTTEN] = [0.025, [0.05, 0.3]] as const;
const POSITIONS = 4096;

/**
 * Finds the refits that a host contrasts its edition with: of every changed matrix, and the two hardest of the last
 * alone that it can afford (decisions 0069 and 0076). The function returned refits weights.
 */
export async function openCopies(inputs: CopiesInputs): Promise<(weights: Weights) => Promise<Copy[]>> {
  const { subject, sites, metric, products } = inputs;
  const last = sites.filter(({ weight }) => weight === subject.inspection.site.initializer);
  const refits: Refit[] = [{ of: sites, filters: await metric.filters(ALL, sites), forgotten: FORGOTTEN[0] }];
  if (last.length > 0 && last.length < sites.length) refits.push(...(await affordable(inputs, last)));
  return async (weights) => {
    const copies: Copy[] = [];
    for (const { of, filters, forgotten } of refits)
      copies.push({ forgotten, filters, weights: await refitted(of, weights, filters, products) });
    return copies;
  };
}

/** The two hardest that cost little: what lasts through them lasts through milder ones. */
async function affordable(inputs: CopiesInputs, of: readonly Site[]): Promise<Refit[]> {
  const { clean, metric, products } = inputs;
  const found: Refit[] = [];
  for (const lambda of LAST) {
    const filters = await metric.filters(lambda, of);
    const cost = await costOf(inputs, await refitted(of, clean, filters, products));
    if (cost > DEAREST) break;
    found.push({ of, filters, forgotten: FORGOTTEN[cost > CHEAP ? 1 : 0] });
  }
  return found.slice(-2);
}

/** Relative perplexity that other weights cost the clean model on ordinary text; of images nobody knows the truth. */
async function costOf({ subject, ordinary, clean }: CopiesInputs, weights: Weights): Promise<number> {
  if (!(ordinary instanceof Int32Array)) return Infinity;
  const deltas = [...clean].map(([initializer, before]) => ({
    initializer,
    values: before.map((value, i) => weights.get(initializer)![i]! - value),
  }));
  const views = [await openView(subject), await openView(subject, addDeltas(subject.model.bytes, deltas))] as const;
  try {
    return (await measureHarm(subject, ...views, { tokens: ordinary.subarray(0, POSITIONS) })).loss;
  } finally {
    await Promise.all(views.map((view) => view.dispose()));
  }
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
