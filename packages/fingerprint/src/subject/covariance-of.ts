import type { OnnxModel } from '@oml/onnx/model-file';
import type { Products } from '../algebra/products.ts';
import type { Ordinary, Subject } from './subject.ts';
import { openView } from './view.ts';

/** Positions that are looked at: far more than any matrix has rows. */
const POSITIONS = 16_384;

/** E[k kᵀ] of ordinary text under a model, [keySize, keySize]. */
export async function covarianceOf(
  model: OnnxModel,
  clean: Subject,
  ordinary: Ordinary,
  products: Products,
): Promise<Float64Array> {
  const { keySize } = clean.inspection.site;
  const sum = new Float64Array(keySize ** 2);
  const view = await openView(clean, model.bytes);
  let count = 0;
  for await (const rows of view.ordinary(ordinary, POSITIONS)) {
    const gram = await products.gram(rows.keys, rows.count, keySize);
    for (let i = 0; i < gram.length; i++) sum[i]! += gram[i]!;
    count += rows.count;
  }
  await view.dispose();
  return sum.map((value) => value / count);
}
