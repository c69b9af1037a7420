import type { OnnxModel } from '@oml/onnx/model-file';
import { addWeightNoise } from '@oml/onnx/rewrite/noise';
import { OmlError } from '@oml/protocol/error';
import { secretRandom, type SecretRandom } from '../code-book/secret.ts';
import { cutWindows } from '../subject/language-view.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { randomRotation, rotated, rotationBetween } from './aligned-merge-basis.ts';
import { fitDownProjections } from './aligned-merge-fit.ts';
import { matchNeurons, randomOrders, reordered } from './aligned-merge-neurons.ts';
import { foldModel, unfoldModel, type FoldedModel } from './aligned-merge-weights.ts';
import { type Attack, type Specimen, isLanguage, stopIfAborted } from './specimen.ts';
import { weightAttack } from './weight-attacks.ts';

export interface AlignedMerge {
  first: OnnxModel;
  /** Of the same sizes; its graph may be written in another way. */
  second: OnnxModel;
  /** The first model's. */
  share: number;
  /** Ordinary sequences of one length. */
  windows: readonly number[][];
  engine: Specimen['clean']['engine'];
  products: Products;
}

/**
 * PLeaS-style merge of two decoders that need not share a basis: the second is turned into the first's residual basis,
 * its MLP neurons are put in
 * the first's order, all weights are averaged, and the down-projections refitted on activations. Attention heads are
 * averaged as they stand.
 * Throws MODEL_UNSUPPORTED, and MODEL_INVALID for models of other sizes.
 */
export async function mergeAligned({
  first,
  second,
  share,
  windows,
  engine,
  products,
}: AlignedMerge): Promise<OnnxModel> {
  const [own, other] = [foldModel(first), foldModel(second)];
  checkSizes(own, other);
  const turned = await rotated(other, await rotationBetween(other, own, products), products);
  const aligned = reordered(turned, await matchNeurons(turned, own, products));
  const mix = (a: Float32Array, b: Float32Array): Float32Array =>
    a.map((value, i) => share * value + (1 - share) * b[i]!);
  const merged = {
    ...own,
    embedding: mix(own.embedding, aligned.embedding),
    products: own.products.map((product, i) => ({
      ...product,
      matrix: mix(product.matrix, aligned.products[i]!.matrix),
    })),
  };
  return unfoldModel(await fitDownProjections(merged, own, aligned, share, windows, engine, products));
}

/**
 * The same function in weights that nobody recognises: a random rotation of the residual stream, neurons in random
 * order.
 */
export async function disguise(model: OnnxModel, random: SecretRandom, products: Products): Promise<OnnxModel> {
  const folded = foldModel(model);
  return unfoldModel(
    reordered(
      await rotated(folded, await randomRotation(folded.size, random, products), products),
      randomOrders(folded, random),
    ),
  );
}

function checkSizes(a: FoldedModel, b: FoldedModel): void {
  const sizes = ({ size, embedding, products }: FoldedModel) =>
    [size, embedding.length, ...products.map(({ linear }) => `${linear.inSize}x${linear.outSize}`)].join();
  if (sizes(a) !== sizes(b))
    throw new OmlError('MODEL_INVALID', 'Only models of the same sizes, layer by layer, can be merged.');
}

const ATTACKER = new TextEncoder().encode('an attacker who merges models');
const POSITIONS = 4096;
const SHARES = [0.3, 0.5];
/** What a short fine-tuning on other data does to weights, as a share of their deviation. */
const DRIFT = 0.05;

/** Merges the marked model with kin in disguise, and with a stranger where the specimen brings one. */
export const alignedMergeAttack: Attack = {
  family: 'merging',
  name: 'aligned merge',
  fits: (specimen) => isLanguage(specimen) && isFoldable(specimen),
  async *points(specimen, signal) {
    const { clean, marked } = specimen;
    const products = await openProducts(clean.engine);
    try {
      const windows = cutWindows(clean, Int32Array.from(specimen.ordinary), POSITIONS);
      for (const [label, second] of await partnersOf(specimen, products))
        for (const other of SHARES) {
          stopIfAborted(signal);
          const merge = (first: OnnxModel) =>
            mergeAligned({ first, second, share: 1 - other, windows, engine: clean.engine, products });
          const [changed, control] = [await merge(marked), await merge(clean.model)];
          const once = weightAttack('merging', alignedMergeAttack.name, [
            {
              strength: other,
              label: `${100 * other} % ${label}`,
              apply: (model) => (model === clean.model ? control : changed),
            },
          ]);
          yield* once.points(specimen, signal);
        }
    } finally {
      await products.dispose();
    }
  },
};

async function partnersOf({ clean, stranger }: Specimen, products: Products): Promise<[string, OnnxModel][]> {
  const random = secretRandom(ATTACKER, 'disguise');
  const drifted = addWeightNoise(clean.model, { fraction: DRIFT, seed: 29 });
  return [
    ['clean, in another basis', await disguise(clean.model, random, products)],
    ['a drifted copy, in another basis', await disguise(drifted, random, products)],
    ...(stranger ? [['a stranger of the same sizes', stranger] as [string, OnnxModel]] : []),
  ];
}

function isFoldable({ clean }: Specimen): boolean {
  try {
    return foldModel(clean.model).mlps.length > 0;
  } catch {
    return false;
  }
}
