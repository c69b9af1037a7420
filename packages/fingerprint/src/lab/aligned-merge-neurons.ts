import { munkres } from 'munkres';
import { shuffle, type SecretRandom } from '../code-book/secret.ts';
import { dot, transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { FoldedModel } from './aligned-merge-weights.ts';

type Mlp = FoldedModel['mlps'][number];

/**
 * The same function with the neurons of each MLP in another order: neuron `orders[mlp][i]` of the model stands at i.
 */
export function reordered(model: FoldedModel, orders: readonly (readonly number[])[]): FoldedModel {
  const products = [...model.products];
  for (const [m, { inner, down }] of model.mlps.entries()) {
    const order = orders[m]!;
    for (const at of inner) products[at] = { ...products[at]!, matrix: pickColumns(products[at]!.matrix, order) };
    products[down] = { ...products[down]!, matrix: pickRows(products[down]!.matrix, order) };
  }
  return { ...model, products };
}

/**
 * Orders that bring each MLP's neurons of one model next to the other's: the best linear assignment by what they read
 * and write (Ainsworth et al. 2022).
 */
export async function matchNeurons(model: FoldedModel, to: FoldedModel, products: Products): Promise<number[][]> {
  const orders: number[][] = [];
  for (const [m, mlp] of model.mlps.entries()) {
    const alike = await likeness(to, to.mlps[m]!, model, mlp, products);
    const size = Math.sqrt(alike.length);
    const costs = Array.from({ length: size }, (_, row) =>
      alike.subarray(row * size, (row + 1) * size).map((value) => -value),
    );
    const order = Array.from({ length: size }, () => 0);
    for (const [row, column] of munkres(costs)) order[row] = column;
    orders.push(order);
  }
  return orders;
}

export function randomOrders(model: FoldedModel, random: SecretRandom): number[][] {
  return model.mlps.map(({ down }) => shuffle([...Array(model.products[down]!.linear.inSize).keys()], random));
}

/** Inner products of the neurons' weights, each kind of weight scaled to length 1: [neurons of a, neurons of b]. */
async function likeness(
  a: FoldedModel,
  mlpA: Mlp,
  b: FoldedModel,
  mlpB: Mlp,
  products: Products,
): Promise<Float64Array> {
  const neurons = a.products[mlpA.down]!.linear.inSize;
  const sum = new Float64Array(neurons ** 2);
  const add = async (left: Float32Array, right: Float32Array): Promise<void> => {
    const [l, r] = [unitRows(left, neurons), unitRows(right, neurons)];
    const width = l.length / neurons;
    const part = await products.multiply(l, Float32Array.from(transpose(r, neurons, width)), neurons, width, neurons);
    for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  };
  for (const [i, at] of mlpA.inner.entries()) {
    const asRows = ({ products: all }: FoldedModel, which: number) =>
      Float32Array.from(transpose(all[which]!.matrix, all[which]!.linear.inSize, neurons));
    await add(asRows(a, at), asRows(b, mlpB.inner[i]!));
  }
  await add(a.products[mlpA.down]!.matrix, b.products[mlpB.down]!.matrix);
  return sum;
}

function unitRows(matrix: Float32Array, rows: number): Float32Array {
  const width = matrix.length / rows;
  const scaled = matrix.slice();
  for (let row = 0; row < rows; row++) {
    const own = scaled.subarray(row * width, (row + 1) * width);
    const length = Math.sqrt(dot(own, 0, own, 0, width)) || 1;
    own.forEach((value, i) => (own[i] = value / length));
  }
  return scaled;
}

function pickColumns(matrix: Float32Array, order: readonly number[]): Float32Array {
  const width = order.length;
  return Float32Array.from(matrix, (_, i) => matrix[i - (i % width) + order[i % width]!]!);
}

function pickRows(matrix: Float32Array, order: readonly number[]): Float32Array {
  const width = matrix.length / order.length;
  return Float32Array.from(matrix, (_, i) => matrix[order[Math.floor(i / width)]! * width + (i % width)]!);
}
