import { exposeTensors } from '@oml/onnx/graph';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf, type Engine } from '@oml/onnx/runner';
import { invertSymmetric, transpose, withRidge } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import { unfoldModel, type FoldedModel } from './aligned-merge-weights.ts';

const WINDOWS_PER_RUN = 8;
const RIDGE = 1e-3;

/**
 * Down-projections of an average of two aligned models, refitted to make of the averaged neurons the average of what
 * both models' MLPs give:
 * min E|(a k + (1−a) k′) W − (a k D + (1−a) k′ D′)|² on ordinary windows (PLeaS, Nasery et al. 2024). `share` is the
 * first model's.
 */
export async function fitDownProjections(
  merged: FoldedModel,
  first: FoldedModel,
  second: FoldedModel,
  share: number,
  windows: readonly number[][],
  engine: Engine,
  products: Products,
): Promise<FoldedModel> {
  const both = [first, second] as const;
  const runners = await Promise.all(
    both.map((folded) => engine.open(exposeTensors(unfoldModel(folded), keysOf(folded)))),
  );
  const fits = merged.mlps.map(({ down }) => ({
    gram: new Float64Array(merged.products[down]!.linear.inSize ** 2),
    cross: new Float64Array(merged.products[down]!.matrix.length),
  }));
  try {
    for (let at = 0; at < windows.length; at += WINDOWS_PER_RUN) {
      const batch = windows.slice(at, at + WINDOWS_PER_RUN);
      const seen = await Promise.all(
        both.map((folded, i) => runners[i]!.run(feedTokens(folded.inspection, batch), keysOf(folded))),
      );
      for (const [m, fit] of fits.entries()) {
        const keys = both.map((folded, i) => outputOf(seen[i]!, keysOf(folded)[m]!).data);
        await addBatch(
          fit,
          keys as [Float32Array, Float32Array],
          both.map((folded) => folded.products[folded.mlps[m]!.down]!.matrix) as [Float32Array, Float32Array],
          merged.size,
          share,
          products,
        );
      }
    }
  } finally {
    await Promise.all(runners.map((runner) => runner.dispose()));
  }
  const fitted = [...merged.products];
  for (const [m, { down }] of merged.mlps.entries()) {
    const { gram, cross } = fits[m]!;
    const inner = Math.sqrt(gram.length);
    const inverse = Float32Array.from(invertSymmetric(withRidge(gram, inner, RIDGE), inner));
    fitted[down] = {
      ...fitted[down]!,
      matrix: await products.multiply(inverse, Float32Array.from(cross), inner, inner, merged.size),
    };
  }
  return { ...merged, products: fitted };
}

const keysOf = ({ mlps, products }: FoldedModel): string[] => mlps.map(({ down }) => products[down]!.linear.input);

async function addBatch(
  { gram, cross }: { gram: Float64Array; cross: Float64Array },
  [k1, k2]: [Float32Array, Float32Array],
  [d1, d2]: [Float32Array, Float32Array],
  size: number,
  share: number,
  products: Products,
): Promise<void> {
  const inner = Math.sqrt(gram.length);
  const rows = k1.length / inner;
  const mixed = k1.map((value, i) => share * value + (1 - share) * k2[i]!);
  const [o1, o2] = [
    await products.multiply(k1, d1, rows, inner, size),
    await products.multiply(k2, d2, rows, inner, size),
  ];
  const wanted = o1.map((value, i) => share * value + (1 - share) * o2[i]!);
  const square = await products.gram(mixed, rows, inner);
  const product = await products.multiply(Float32Array.from(transpose(mixed, rows, inner)), wanted, inner, rows, size);
  for (let i = 0; i < gram.length; i++) gram[i]! += square[i]!;
  for (let i = 0; i < cross.length; i++) cross[i]! += product[i]!;
}
