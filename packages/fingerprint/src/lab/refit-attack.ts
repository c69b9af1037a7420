import { readModel, writeModel, type OnnxModel } from '@oml/onnx/model-file';
import { readFloats, writeFloats } from '@oml/onnx/tensor';
import { invertSymmetric, withRidge } from '../algebra/linear-algebra.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { covarianceOf } from '../subject/covariance-of.ts';
import type { Subject } from '../subject/subject.ts';
import type { Attack } from './specimen.ts';
import { weightAttack } from './weight-attacks.ts';

/**
 * W′ = (C + λ·mean eigenvalue·I)⁻¹ C W: what ordinary text needs of the edited matrix, and no more (fingerprinting.md
 * §5). Any dtype but packed.
 */
export async function refitSite(
  subject: Subject,
  model: OnnxModel,
  covariance: Float64Array,
  lambda: number,
  products: Products,
): Promise<OnnxModel> {
  const { initializer, transposed, keySize, hiddenSize } = subject.inspection.site;
  const keep = await products.multiply(
    Float32Array.from(invertSymmetric(withRidge(covariance, keySize, lambda), keySize)),
    Float32Array.from(covariance),
    keySize,
    keySize,
    keySize,
  );
  const copy = readModel(model.bytes.slice());
  const tensor = copy.graph.initializer.find(({ name }) => name === initializer)!;
  const weights = readFloats(tensor);
  const plain = transposed ? turn(weights, hiddenSize, keySize) : weights;
  const refitted = await products.multiply(keep, plain, keySize, keySize, hiddenSize);
  writeFloats(tensor, transposed ? turn(refitted, keySize, hiddenSize) : Float32Array.from(refitted));
  return readModel(writeModel(copy));
}

function turn(matrix: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = matrix[row * columns + column]!;
  return turned;
}

/** The attacker knows which matrix was edited, and refits it on his own ordinary text. */
export const refitAttack: Attack = {
  family: 'refit',
  name: 'ridge refit of the edited matrix',
  fits: () => true,
  async *points(specimen, signal) {
    const { clean, ordinary } = specimen;
    const products = await openProducts(clean.engine);
    try {
      const covariance = await covarianceOf(specimen.marked, clean, ordinary, products);
      for (const lambda of [0.03, 0.1, 0.3, 0.6, 1]) {
        const [marked, control] = [
          await refitSite(clean, specimen.marked, covariance, lambda, products),
          await refitSite(clean, clean.model, covariance, lambda, products),
        ];
        const once = weightAttack('refit', refitAttack.name, [
          { strength: lambda, label: `λ = ${lambda}`, apply: (model) => (model === clean.model ? control : marked) },
        ]);
        yield* once.points(specimen, signal);
      }
    } finally {
      await products.dispose();
    }
  },
};
