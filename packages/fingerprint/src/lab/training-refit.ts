import { exposeTensors } from '@oml/onnx/graph';
import type { OnnxModel } from '@oml/onnx/model-file';
import { linearProducts, mapTensors } from '@oml/onnx/rewrite/weights';
import { outputOf } from '@oml/onnx/runner';
import { invertSymmetric, transpose, withRidge } from '../algebra/linear-algebra.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import type { Specimen } from './specimen.ts';
import type { Attack } from './specimen.ts';
import { trainingBatches, splitHeldout } from './training-data.ts';
import { weightAttack } from './weight-attacks.ts';

const BATCHES = 16;
const LAMBDAS = [0.01, 0.03, 0.1, 0.3];

/**
 * Refits every matrix of the model at once, W′ = (C + λ·mean eigenvalue·I)⁻¹ C W with C measured where each one stands:
 * the attack on an edit that is
 * spread over all layers. Its cost is that of the same refit on the clean model.
 */
export const allMatrixRefitAttack: Attack = {
  family: 'refit',
  name: 'ridge refit of all matrices',
  fits: () => true,
  async *points(specimen, signal) {
    const products = await openProducts(specimen.clean.engine);
    try {
      const covariances = await inputCovariances(specimen, products);
      for (const lambda of LAMBDAS) {
        const refit = await Promise.all(
          [specimen.marked, specimen.clean.model].map((model) => refitAll(model, covariances, lambda, products)),
        );
        const once = weightAttack('refit', allMatrixRefitAttack.name, [
          {
            strength: lambda,
            label: `λ = ${lambda}`,
            apply: (model) => (model === specimen.clean.model ? refit[1] : refit[0]),
          },
        ]);
        yield* once.points(specimen, signal);
      }
    } finally {
      await products.dispose();
    }
  },
};

/** E[x xᵀ] of what each matrix multiplies in the marked model, by the name of that tensor. */
export async function inputCovariances(
  { clean, marked, heldout }: Pick<Specimen, 'clean' | 'marked' | 'heldout'>,
  products: Products,
): Promise<Map<string, { sum: Float64Array; size: number }>> {
  const sites = linearProducts(marked);
  const sums = new Map(sites.map(({ input, inSize }) => [input, { sum: new Float64Array(inSize ** 2), size: inSize }]));
  const runner = await clean.engine.open(exposeTensors(marked, [...sums.keys()]));
  const batches = trainingBatches(clean, splitHeldout(heldout).training);
  const input = clean.inspection.input.name;
  for (let step = 0; step < BATCHES; step++) {
    const outputs = await runner.run({ [input]: batches(step).feeds[input]! }, [...sums.keys()]);
    for (const [name, { sum, size }] of sums) {
      const { data } = outputOf(outputs, name);
      const gram = await products.gram(data, data.length / size, size);
      for (let i = 0; i < sum.length; i++) sum[i]! += gram[i]!;
    }
  }
  await runner.dispose();
  return sums;
}

export async function refitAll(
  model: OnnxModel,
  covariances: ReadonlyMap<string, { sum: Float64Array; size: number }>,
  lambda: number,
  products: Products,
): Promise<OnnxModel> {
  const refitted = new Map<string, Float32Array>();
  for (const { weight, input, inSize, outSize, transposed } of linearProducts(model)) {
    const { sum } = covariances.get(input)!;
    const keep = await products.multiply(
      Float32Array.from(invertSymmetric(withRidge(sum, inSize, lambda), inSize)),
      Float32Array.from(sum),
      inSize,
      inSize,
      inSize,
    );
    const values = readPlain(model, weight.name);
    const plain = transposed ? Float32Array.from(transpose(values, outSize, inSize)) : values;
    const result = await products.multiply(keep, plain, inSize, inSize, outSize);
    refitted.set(weight.name, transposed ? Float32Array.from(transpose(result, inSize, outSize)) : result);
  }
  return mapTensors(model, new Set(refitted.keys()), (_, { name }) => refitted.get(name)!);
}

function readPlain(model: OnnxModel, name: string): Float32Array {
  let found = new Float32Array();
  mapTensors(model, new Set([name]), (values) => (found = values));
  return found;
}
