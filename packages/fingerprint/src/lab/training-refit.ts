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

/** E[x xᵀ], up to a factor, of what each matrix multiplies, by the name of that tensor. */
export type Covariances = ReadonlyMap<string, { sum: Float64Array; size: number }>;

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
          [specimen.marked, specimen.clean.model].map((model) => refitAll(model, covariances, { lambda }, products)),
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
  steps = BATCHES,
): Promise<Covariances> {
  const sites = linearProducts(marked);
  const sums = new Map(sites.map(({ input, inSize }) => [input, { sum: new Float64Array(inSize ** 2), size: inSize }]));
  const runner = await clean.engine.open(exposeTensors(marked, [...sums.keys()]));
  const batches = trainingBatches(clean, splitHeldout(heldout).training);
  const input = clean.inspection.input.name;
  for (let step = 0; step < steps; step++) {
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

/** What a refit leaves of the matrices. */
export interface Refit {
  /** Share of the mean eigenvalue below which a direction of the inputs counts as not needed. */
  lambda: number;
  /** How often the refit is made upon itself: often leaves principal directions and little else. */
  power?: number;
  /** Names of the matrices; all where it is left out. */
  only?: ReadonlySet<string>;
  /** Filters that were made before, by input, λ and power; new ones are added. */
  made?: Map<string, Float32Array>;
}

export async function refitAll(
  model: OnnxModel,
  covariances: Covariances,
  { lambda, power = 1, only, made = new Map() }: Refit,
  products: Products,
): Promise<OnnxModel> {
  const refitted = new Map<string, Float32Array>();
  for (const { weight, input, inSize, outSize, transposed } of linearProducts(model)) {
    if (only && !only.has(weight.name)) continue;
    const name = `${input} ${lambda} ${power}`;
    const keep = made.get(name) ?? (await filterOf(covariances.get(input)!.sum, inSize, lambda, power, products));
    made.set(name, keep);
    const values = readPlain(model, weight.name);
    const plain = transposed ? Float32Array.from(transpose(values, outSize, inSize)) : values;
    const result = await products.multiply(keep, plain, inSize, inSize, outSize);
    refitted.set(weight.name, transposed ? Float32Array.from(transpose(result, inSize, outSize)) : result);
  }
  return mapTensors(model, new Set(refitted.keys()), (_, { name }) => refitted.get(name)!);
}

/** ((C + λI)⁻¹ C)^power; the power is one of 1, 2, 4, 8 … */
async function filterOf(
  covariance: Float64Array,
  size: number,
  lambda: number,
  power: number,
  products: Products,
): Promise<Float32Array> {
  const inverse = Float32Array.from(invertSymmetric(withRidge(covariance, size, lambda), size));
  let keep = await products.multiply(inverse, Float32Array.from(covariance), size, size, size);
  for (let done = 1; done < power; done *= 2) keep = await products.multiply(keep, keep, size, size, size);
  return keep;
}

function readPlain(model: OnnxModel, name: string): Float32Array {
  let found = new Float32Array();
  mapTensors(model, new Set([name]), (values) => (found = values));
  return found;
}
