import { buildNode, buildTensor } from '@oml/onnx/file/build';
import { indexGraph, type GraphIndex } from '@oml/onnx/graph';
import { describeSite } from '@oml/onnx/inspect';
import type { Inspection } from '@oml/onnx/inspection';
import { constantOf, type Linear } from '@oml/onnx/linear-node';
import type { OnnxModel } from '@oml/onnx/model-file';
import { rebuildModel } from '@oml/onnx/rewrite/rebuild';
import { linearProducts, productMatrix } from '@oml/onnx/rewrite/weights';
import { encodeFloats, readFloats } from '@oml/onnx/tensor';
import { OmlError } from '@oml/protocol/error';
import { transpose } from '../algebra/linear-algebra.ts';

/** A product of a decoder, [inSize, outSize], with the gain of the norm before it multiplied in. */
export interface FoldedProduct {
  linear: Linear;
  matrix: Float32Array;
  /** Does it read the residual stream through a norm, does it write into it? */
  reads: boolean;
  writes: boolean;
}

/**
 * A decoder with RMS norms whose gains are 1: any rotation of its residual stream, and any order of its MLP's neurons,
 * computes the same.
 */
export interface FoldedModel {
  model: OnnxModel;
  inspection: Inspection;
  size: number;
  /** [outcomes, size] */
  embedding: Float32Array;
  /** In graph order; the head is the last. */
  products: FoldedProduct[];
  /** Indices into `products`: what makes an MLP's neurons, and what reads them. */
  mlps: { inner: number[]; down: number }[];
}

const FUSED = new Map([
  ['SimplifiedLayerNormalization', 1],
  ['RMSNormalization', 1],
  ['SkipSimplifiedLayerNormalization', 2],
]);

/**
 * Takes a decoder apart. Throws MODEL_UNSUPPORTED where it has other norms than RMS norms, biases, or 16-bit weights
 * behind casts.
 */
export function foldModel(model: OnnxModel): FoldedModel {
  const inspection = describeSite(model);
  const { hiddenSize: size } = inspection.site;
  const index = indexGraph(model.graph);
  const table = model.graph.node.flatMap((node) =>
    node.opType === 'Gather' && node.input[1] === inspection.input.name
      ? (constantOf(index, node.input[0]!)?.tensor ?? [])
      : [],
  )[0];
  if (inspection.kind !== 'language' || inspection.norm.kind !== 'rms' || inspection.dtype !== 'float32' || !table)
    throw unlike('only decoders with RMS norms and float32 weights are aligned');
  const products = linearProducts(model).map((linear): FoldedProduct => {
    if (linear.bias) throw unlike('a product has a bias');
    const gain = linear.inSize === size ? gainOf(index, linear.input, size) : undefined;
    const matrix = productMatrix(linear);
    if (gain) scaleRows(matrix, readFloats(index.initializer.get(gain)!), linear.outSize);
    return { linear, matrix, reads: gain !== undefined, writes: gain === undefined && linear.outSize === size };
  });
  if (products.some(({ reads, writes }) => !reads && !writes))
    throw unlike('some product neither reads nor writes the residual stream');
  const mlps = products.flatMap(({ linear, writes }, down) =>
    writes && inspection.sites.includes(linear.weight.name) ? [{ inner: makersOf(index, products, linear), down }] : [],
  );
  return { model, inspection, size, embedding: readFloats(table), products, mlps };
}

/** The model with these embeddings and products instead of its own, gains of 1, and a head of its own. */
export function unfoldModel({ model, embedding, products, inspection }: FoldedModel): OnnxModel {
  const index = indexGraph(model.graph);
  const { head, input } = inspection;
  const table = constantOf(
    index,
    model.graph.node.find((node) => node.opType === 'Gather' && node.input[1] === input.name)!.input[0]!,
  )!.tensor.name;
  const gains = new Set(
    products.flatMap(({ linear, reads }) => (reads ? [gainOf(index, linear.input, linear.inSize)!] : [])),
  );
  const stored = new Map<string, Float32Array>([[table, embedding]]);
  for (const { linear, matrix } of products)
    if (!(head!.tied && linear.weight.name === table))
      stored.set(linear.weight.name, linear.transposed ? turned(matrix, linear.inSize, linear.outSize) : matrix);
  const initializer = model.graph.initializer.map((tensor) => {
    const values = gains.has(tensor.name) ? new Float32Array(Number(tensor.dims[0])).fill(1) : stored.get(tensor.name);
    return values
      ? buildTensor(
          tensor.name,
          tensor.dataType,
          tensor.dims.map(Number),
          encodeFloats(values, tensor.dataType, tensor.name),
        )
      : tensor;
  });
  if (!head!.tied) return rebuildModel(model, { initializer });
  const own = products.find(({ linear }) => linear.weight.name === table)!;
  const name = `${table}/head`;
  const untied = buildTensor(
    name,
    own.linear.weight.dataType,
    [own.linear.inSize, own.linear.outSize],
    encodeFloats(own.matrix, own.linear.weight.dataType, name),
  );
  const node = model.graph.node.map((n) =>
    n === own.linear.node ? buildNode('MatMul', [n.input[0]!, name], n.output) : n,
  );
  return rebuildModel(model, { node, initializer: [...initializer, untied] });
}

/** The gain of the norm that makes a tensor. */
function gainOf(index: GraphIndex, name: string, size: number): string | undefined {
  const node = index.producer.get(name);
  const places = node?.opType === 'Mul' ? [0, 1] : [FUSED.get(node?.opType ?? '') ?? -1];
  return places
    .map((place) => constantOf(index, node?.input[place] ?? '')?.tensor)
    .find((tensor) => tensor?.dims.length === 1 && Number(tensor.dims[0]) === size)?.name;
}

/** Products whose outputs meet, element by element, in what `down` reads. */
function makersOf(index: GraphIndex, products: readonly FoldedProduct[], down: Linear): number[] {
  const open = [down.input];
  const found = new Set<number>();
  for (let name = open.pop(); name !== undefined && found.size < products.length; name = open.pop()) {
    const node = index.producer.get(name);
    const at = products.findIndex(({ linear }) => linear.node === node);
    if (at >= 0) found.add(at);
    else open.push(...(node?.input ?? []));
  }
  return [...found].sort((a, b) => a - b);
}

function scaleRows(matrix: Float32Array, factors: Float32Array, columns: number): void {
  for (let i = 0; i < matrix.length; i++) matrix[i]! *= factors[Math.floor(i / columns)]!;
}

const turned = (matrix: Float32Array, rows: number, columns: number): Float32Array =>
  Float32Array.from(transpose(matrix, rows, columns));
const unlike = (why: string): OmlError =>
  new OmlError('MODEL_UNSUPPORTED', `This model cannot be aligned with another: ${why}.`);
