import { buildNode, buildTensor } from '@oml/onnx/file/build';
import type { OnnxModel } from '@oml/onnx/model-file';
import { quantizeInt4 } from '@oml/onnx/rewrite/int4';
import { quantizeInt8 } from '@oml/onnx/rewrite/int8';
import { rebuildModel } from '@oml/onnx/rewrite/rebuild';
import { storeWeights } from '@oml/onnx/rewrite/round';
import { weightTensors } from '@oml/onnx/rewrite/weights';
import { readModel } from '@oml/onnx/model-file';
import { seededRandom } from '@oml/onnx/seeded-random';
import { dimsOf, readFloats } from '@oml/onnx/tensor';
import { scrambled } from '@oml/onnx/test-support/scrambled';
import { secretRandom, shuffle } from '../src/code-book/secret.ts';
import type { Products } from '../src/algebra/products.ts';
import { randomRotation, rotated } from '../src/lab/aligned-merge-basis.ts';
import { randomOrders, reordered } from '../src/lab/aligned-merge-neurons.ts';
import { foldModel, unfoldModel, type FoldedModel } from '../src/lab/aligned-merge-weights.ts';

/** Changes of a decoder's file that leave what it computes as it is, or round it as formats do. */
export type Disguise = (model: OnnxModel, products: Products) => OnnxModel | Promise<OnnxModel>;

const random = (label: string) => secretRandom(new TextEncoder().encode('a secret of whoever disguises'), label);

/** Data types in an ONNX file. */
const [FLOAT, INT8] = [1, 3];

export const disguises: Record<string, Disguise> = {
  'renamed tensors and reordered nodes': (model) =>
    readModel(scrambled(model.bytes, seededRandom(5), { keepsInterface: false })),
  'permuted neurons': (model) => folded(model, (one) => reordered(one, randomOrders(one, random('orders')))),
  'scaled and sign-flipped pairs': (model) => folded(model, withScales),
  'permuted residual stream': (model, products) =>
    folded(model, (one) => rotated(one, permutation(one.size), products)),
  'rotated residual stream': async (model, products) =>
    folded(model, async (one) => rotated(one, await randomRotation(one.size, random('rotation'), products), products)),
  float16: (model) => storeWeights(model, 'float16'),
  bfloat16: (model) => storeWeights(model, 'bfloat16'),
  'int8, integer products': (model) => quantizeInt8(model, { granularity: 'column' }),
  'int8 behind DequantizeLinear': dequantized,
  'int4, MatMulNBits': (model) => quantizeInt4(model),
};

async function folded(
  model: OnnxModel,
  change: (model: FoldedModel) => FoldedModel | Promise<FoldedModel>,
): Promise<OnnxModel> {
  return unfoldModel(await change(foldModel(model)));
}

/** The last maker of each neuron is what its gate does not bend: there a factor goes in, and comes out below. */
function withScales(model: FoldedModel): FoldedModel {
  const products = [...model.products];
  const uniform = random('scales').uniform;
  for (const { inner, down } of model.mlps) {
    const up = inner.at(-1)!;
    const width = products[up]!.linear.outSize;
    const factors = Float32Array.from({ length: width }, () => (0.2 + 4 * uniform()) * (uniform() < 0.5 ? -1 : 1));
    products[up] = { ...products[up]!, matrix: products[up]!.matrix.map((value, i) => value * factors[i % width]!) };
    products[down] = {
      ...products[down]!,
      matrix: products[down]!.matrix.map((value, i) => value / factors[Math.floor(i / model.size)]!),
    };
  }
  return { ...model, products };
}

function permutation(size: number): Float32Array {
  const order = shuffle([...Array(size).keys()], random('residual'));
  const matrix = new Float32Array(size * size);
  order.forEach((to, from) => (matrix[from * size + to] = 1));
  return matrix;
}

/** Every matrix but embeddings as int8 with a scale for each column, as quantisers for QDQ write them. */
function dequantized(model: OnnxModel): OnnxModel {
  const looked = new Set(model.graph.node.flatMap(({ opType, input }) => (opType === 'Gather' ? [input[0]] : [])));
  const names = new Set(weightTensors(model).flatMap(({ name }) => (looked.has(name) ? [] : [name])));
  const added = model.graph.initializer.flatMap((tensor) => {
    if (!names.has(tensor.name)) return [];
    const [dims, values] = [dimsOf(tensor), readFloats(tensor)];
    const columns = dims.at(-1)!;
    const scales = new Float32Array(columns);
    values.forEach((value, i) => (scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(value) / 127)));
    const codes = Int8Array.from(values, (value, i) => Math.round(value / (scales[i % columns]! || 1)));
    return {
      node: buildNode(
        'DequantizeLinear',
        ['codes', 'scales', 'zeros'].map((part) => `${tensor.name}_${part}`),
        `${tensor.name}_dequantized`,
        {
          axis: BigInt(dims.length - 1),
        },
      ),
      tensors: [
        buildTensor(`${tensor.name}_codes`, INT8, dims, codes),
        buildTensor(`${tensor.name}_scales`, FLOAT, [columns], scales),
        buildTensor(`${tensor.name}_zeros`, INT8, [columns], new Int8Array(columns)),
      ],
    };
  });
  return rebuildModel(model, {
    node: [
      ...added.map(({ node }) => node),
      ...model.graph.node.map((node) => ({
        ...node,
        input: node.input.map((name) => (names.has(name) ? `${name}_dequantized` : name)),
      })),
    ],
    initializer: [
      ...model.graph.initializer.filter(({ name }) => !names.has(name)),
      ...added.flatMap(({ tensors }) => tensors),
    ],
  });
}
