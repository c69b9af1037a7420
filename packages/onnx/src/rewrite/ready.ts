import { create } from '@bufbuild/protobuf';
import { NodeProtoSchema, TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { buildNode, buildTensor } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { dimsOf, isFloat, readFloats } from '../file/tensor.ts';
import { constantWeights, floatAttribute, indexGraph, type GraphIndex } from '../inspect/graph.ts';
import { linearOf, passesOn, type Linear } from '../inspect/linear-node.ts';
import { rebuildModel } from './rebuild.ts';

/**
 * The same model in the form in which its last layer can be edited: weights that Constant nodes hold become
 * initializers, and a BatchNormalization, Mul or Div by constants behind the last linear layer goes into its weights
 * (which changes its answers by rounding alone). A model that is in this form already is returned as it is.
 */
export const readied = (model: OnnxModel): OnnxModel => foldScale(liftConstants(model));

const SCALES = new Set(['BatchNormalization', 'Mul', 'Div']);
const PRODUCTS = new Set(['MatMul', 'Gemm', 'FusedMatMul']);

/** Would {@link readied} change anything that a look at the graph shows? */
export function needsReadying(model: Pick<OnnxModel, 'graph'>): boolean {
  const index = indexGraph(model.graph);
  return (
    holdsConstants(model) || model.graph.output.some(({ name }) => SCALES.has(lastNode(index, name)?.opType ?? ''))
  );
}

/** Are a product's weights in a Constant node? Then all of the graph's are, as Paddle exports them. */
function holdsConstants({ graph }: Pick<OnnxModel, 'graph'>): boolean {
  const held = new Set(graph.node.flatMap((node) => constantWeights(node)?.name ?? []));
  return graph.node.some(({ opType, input }) => PRODUCTS.has(opType) && held.has(input[1] ?? ''));
}

function liftConstants(model: OnnxModel): OnnxModel {
  if (!holdsConstants(model)) return model;
  const lifted = model.graph.node.flatMap((node) => constantWeights(node) ?? []);
  const names = new Set(lifted.map(({ name }) => name));
  return rebuildModel(model, {
    node: model.graph.node.filter(({ opType, output }) => opType !== 'Constant' || !names.has(output[0] ?? '')),
    initializer: [...model.graph.initializer, ...lifted],
  });
}

const KEEPS_ORDER = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'Tanh', 'LeakyRelu']);

/** `y · scale + shift` for each class. */
interface Affine {
  node: NodeProto;
  scale: Float64Array;
  shift: Float64Array;
}

function foldScale(model: OnnxModel): OnnxModel {
  const index = indexGraph(model.graph);
  for (const { name } of model.graph.output) {
    const node = lastNode(index, name);
    const linear = node && linearOf(index, node.input[0] ?? '');
    if (!node || !linear || !isAlone(index, node, linear)) continue;
    const affine = affineOf(index, node, linear.outSize);
    if (affine) return foldScale(folded(model, linear, affine));
  }
  return model;
}

/** The first node behind an output that does more than keep the order of classes. */
function lastNode(index: GraphIndex, name: string): NodeProto | undefined {
  const node = index.producer.get(name);
  return node && (KEEPS_ORDER.has(node.opType) || passesOn(node)) ? lastNode(index, node.input[0] ?? '') : node;
}

/** Does nothing else read the layer's weights, or what it gives before it is scaled? */
function isAlone(index: GraphIndex, scaled: NodeProto, { node, weight, bias, packed }: Linear): boolean {
  const readers = (name: string) => index.consumers.get(name)?.length ?? 0;
  const weights = [weight, ...(bias ? [bias] : [])];
  if (packed || weights.some(({ name, dataType }) => readers(name) !== 1 || dataType !== FLOAT)) return false;
  for (let name = node.output[0]!; ;) {
    const [reader] = index.consumers.get(name) ?? [];
    if (!reader || readers(name) !== 1) return false;
    if (reader === scaled) return true;
    name = reader.output[0] ?? '';
  }
}

const { FLOAT } = TensorProto_DataType;

function affineOf(index: GraphIndex, node: NodeProto, size: number): Affine | undefined {
  const read = (place: number) => vectorOf(index, node.input[place] ?? '', size);
  if (node.opType === 'BatchNormalization') {
    const [gain, bias, mean, variance] = [read(1), read(2), read(3), read(4)];
    if (!gain || !bias || !mean || !variance) return undefined;
    const scale = gain.map((value, i) => value / Math.sqrt(variance[i]! + floatAttribute(node, 'epsilon', 1e-5)));
    return { node, scale, shift: bias.map((value, i) => value - mean[i]! * scale[i]!) };
  }
  const factor = read(1);
  if (!factor || factor.includes(0)) return undefined;
  const shift = new Float64Array(size);
  if (node.opType === 'Mul') return { node, scale: factor, shift };
  return node.opType === 'Div' ? { node, scale: factor.map((value) => 1 / value), shift } : undefined;
}

/** A constant of one number, or of one for each class. */
function vectorOf(index: GraphIndex, name: string, size: number): Float64Array | undefined {
  const node = index.producer.get(name);
  const tensor =
    index.initializer.get(name) ?? (node?.opType === 'Constant' ? node.attribute.find(({ t }) => t)?.t : undefined);
  if (!tensor || !isFloat(tensor.dataType)) return undefined;
  const values = readFloats(tensor);
  if (values.length === size && dimsOf(tensor).at(-1) === size) return Float64Array.from(values);
  return values.length === 1 ? new Float64Array(size).fill(values[0]!) : undefined;
}

function folded(model: OnnxModel, linear: Linear, { node, scale, shift }: Affine): OnnxModel {
  const { weight, bias, transposed, inSize, outSize } = linear;
  const column = (i: number) => (transposed ? Math.floor(i / inSize) : i % outSize);
  const changed = new Map<string, TensorProto>([
    [
      weight.name,
      withValues(
        weight,
        readFloats(weight).map((value, i) => value * scale[column(i)]!),
      ),
    ],
  ]);
  const [input = '', output = ''] = [node.input[0], node.output[0]];
  let stand = buildNode('Identity', [input], output);
  if (bias) {
    const old = readFloats(bias);
    const sum = Float32Array.from(
      { length: outSize },
      (_, i) => old[old.length === 1 ? 0 : i]! * scale[i]! + shift[i]!,
    );
    changed.set(bias.name, buildTensor(bias.name, FLOAT, [outSize], sum));
  } else if (shift.some((value) => value !== 0)) {
    const name = `${output}/shift`;
    changed.set(name, buildTensor(name, FLOAT, [outSize], Float32Array.from(shift)));
    stand = buildNode('Add', [input, name], output);
  }
  const kept = model.graph.initializer.map((tensor) => changed.get(tensor.name) ?? tensor);
  const added = [...changed.values()].filter(({ name }) => !kept.some((tensor) => tensor.name === name));
  return rebuildModel(model, {
    node: model.graph.node.map((one) => (one === node ? create(NodeProtoSchema, stand) : one)),
    initializer: [...kept, ...added],
  });
}

const withValues = (tensor: TensorProto, values: Float32Array<ArrayBuffer>): TensorProto =>
  buildTensor(tensor.name, FLOAT, dimsOf(tensor), values);
