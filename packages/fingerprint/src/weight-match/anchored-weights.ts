import { indexGraph, type GraphIndex } from '@oml/onnx/graph';
import { productOf, constantOf, type Linear } from '@oml/onnx/linear-node';
import type { OnnxModel } from '@oml/onnx/model-file';
import { dimsOf, readFloats } from '@oml/onnx/tensor';
import type { Products } from '../algebra/products.ts';
import type { AnchoredMatrix } from './unbiased-cka.ts';

/** Rows compared at most: kernels grow with their square. */
const ROWS = 512;

export interface AnchoredWeights {
  /** Tokens or inputs in all; only models with as many can be compared. */
  anchors: number;
  matrices: AnchoredMatrix[];
}

/**
 * The weights of a model, each multiplied from the left by what its inputs mean: token embeddings for a language model,
 * the first layer's inputs
 * for others. Rows then mean the same in every copy, also where neurons or hidden dimensions were permuted, scaled or
 * rotated, and columns do
 * not matter. In order of the graph; matrices that fit neither way are left out.
 */
export async function anchoredWeights({ graph }: OnnxModel, products: Products): Promise<AnchoredWeights> {
  const index = indexGraph(graph);
  const linears = graph.node.flatMap((node) => productOf(index, node) ?? []).filter((linear) => !linear.packed);
  const table = embeddingTable(index);
  if (!table) return { anchors: linears[0]?.inSize ?? 0, matrices: await chained(linears, products) };
  const views: AnchoredMatrix[] = [someRows(table)];
  const rows = views[0]!;
  for (const linear of linears) {
    const weights = weightsOf(linear);
    if (linear.inSize === table.columns && linear.outSize !== table.rows)
      views.push(await times(rows, weights, products));
    else if (linear.outSize === table.columns) views.push(await times(rows, turned(weights), products));
  }
  return { anchors: table.rows, matrices: views };
}

/** Without embeddings: each layer as a function of the first layer's inputs, as if nothing stood between the layers. */
async function chained(linears: readonly Linear[], products: Products): Promise<AnchoredMatrix[]> {
  const views: AnchoredMatrix[] = [];
  let last: AnchoredMatrix | undefined;
  for (const linear of linears) {
    const weights = weightsOf(linear);
    last = last && last.columns === weights.rows ? await times(last, weights, products) : weights;
    views.push(someRows(last));
  }
  return views;
}

function embeddingTable(index: GraphIndex): AnchoredMatrix | undefined {
  const gather = [...index.producer.values()].find(
    (node) => node.opType === 'Gather' && constantOf(index, node.input[0] ?? '')?.tensor.dims.length === 2,
  );
  const tensor = gather && constantOf(index, gather.input[0]!)!.tensor;
  if (!tensor) return undefined;
  const [rows = 0, columns = 0] = dimsOf(tensor);
  return { rows, columns, data: readFloats(tensor) };
}

/** [in, out] */
function weightsOf({ weight, transposed, inSize, outSize }: Linear): AnchoredMatrix {
  const data = readFloats(weight);
  return transposed ? turned({ rows: outSize, columns: inSize, data }) : { rows: inSize, columns: outSize, data };
}

function turned({ rows, columns, data }: AnchoredMatrix): AnchoredMatrix {
  const other = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) other[column * rows + row] = data[row * columns + column]!;
  return { rows: columns, columns: rows, data: other };
}

async function times(a: AnchoredMatrix, b: AnchoredMatrix, products: Products): Promise<AnchoredMatrix> {
  return {
    rows: a.rows,
    columns: b.columns,
    data: await products.multiply(a.data, b.data, a.rows, a.columns, b.columns),
  };
}

function someRows({ rows, columns, data }: AnchoredMatrix): AnchoredMatrix {
  if (rows <= ROWS) return { rows, columns, data };
  const kept = new Float32Array(ROWS * columns);
  for (let i = 0; i < ROWS; i++) {
    const row = Math.floor((i * rows) / ROWS);
    kept.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return { rows: ROWS, columns, data: kept };
}
