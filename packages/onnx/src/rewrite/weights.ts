import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { buildTensor } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { dimsOf, encodeFloats, isFloat, readFloats } from '../file/tensor.ts';
import { indexGraph, type GraphIndex } from '../inspect/graph.ts';
import { constantOf, productOf, type Linear } from '../inspect/linear-node.ts';
import { rebuildModel } from './rebuild.ts';

/**
 * Trained matrices and kernels, by name: what a product, a convolution or an embedding reads. Masks, rotary tables and
 * norm gains are not among them.
 */
export function weightTensors(model: OnnxModel): TensorProto[] {
  const index = indexGraph(model.graph);
  const named = new Map<string, TensorProto>();
  for (const node of model.graph.node)
    for (const input of weightInputs(index, node)) {
      const tensor = constantOf(index, input)?.tensor;
      if (tensor && isFloat(tensor.dataType) && tensor.dims.length > 1) named.set(tensor.name, tensor);
    }
  return [...named.values()];
}

/** Every product with constant weights, in graph order. */
export function linearProducts(model: OnnxModel): Linear[] {
  const index = indexGraph(model.graph);
  return model.graph.node
    .flatMap((node) => productOf(index, node) ?? [])
    .filter((linear) => !linear.packed && isFloat(linear.weight.dataType));
}

/**
 * The same, to be replaced by products of integers. Throws MODEL_UNSUPPORTED where a graph computes in 16 bits: the
 * operators that stand in give float32.
 */
export function replaceableProducts(model: OnnxModel): Linear[] {
  const stored = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  return linearProducts(model).map((linear) => {
    const direct = stored.get(linear.node.input[1] ?? '');
    if (direct && direct.dataType !== TensorProto_DataType.FLOAT)
      throw new OmlError(
        'MODEL_UNSUPPORTED',
        'Integer weights are made from float32 graphs; this one computes in 16 bits.',
      );
    return linear;
  });
}

/** A model in which the named float initializers hold other values of the same type and dims. */
export function mapTensors(
  model: OnnxModel,
  names: ReadonlySet<string>,
  change: (values: Float32Array<ArrayBuffer>, tensor: TensorProto) => Float32Array,
): OnnxModel {
  const initializer = model.graph.initializer.map((tensor) =>
    names.has(tensor.name) ? withFloats(tensor, change(readFloats(tensor), tensor)) : tensor,
  );
  return rebuildModel(model, { initializer });
}

/** {@link mapTensors} over all {@link weightTensors}. */
export function mapWeights(
  model: OnnxModel,
  change: (values: Float32Array<ArrayBuffer>, tensor: TensorProto) => Float32Array,
): OnnxModel {
  return mapTensors(model, new Set(weightTensors(model).map((tensor) => tensor.name)), change);
}

/** The weights of a product as [in, out], row-major. */
export function productMatrix({ weight, transposed, inSize, outSize }: Linear): Float32Array<ArrayBuffer> {
  const values = readFloats(weight);
  if (!transposed) return values;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < outSize; row++)
    for (let i = 0; i < inSize; i++) turned[i * outSize + row] = values[row * inSize + i]!;
  return turned;
}

function withFloats(tensor: TensorProto, values: Float32Array): TensorProto {
  return buildTensor(tensor.name, tensor.dataType, dimsOf(tensor), encodeFloats(values, tensor.dataType, tensor.name));
}

function weightInputs(index: GraphIndex, node: NodeProto): string[] {
  const [first = '', second = ''] = node.input;
  switch (node.opType) {
    case 'MatMul':
    case 'Gemm':
    case 'FusedMatMul':
      return [first, second];
    case 'Conv':
    case 'ConvTranspose':
    case 'Attention':
      return [second];
    case 'EmbedLayerNormalization':
      return node.input.slice(2, 5);
    case 'Gather':
      return isRotaryTable(index, node) ? [] : [first];
    default:
      return [];
  }
}

/** Tables that are looked up by position multiply what they meet; embeddings are added or normalised. */
function isRotaryTable(index: GraphIndex, gather: NodeProto): boolean {
  const reached = (name: string, depth: number): string[] =>
    (index.consumers.get(name) ?? []).flatMap((node) =>
      depth < 4 && PASSING.has(node.opType)
        ? reached(node.output[0] ?? '', depth + 1)
        : [node.input.every((input) => input === name) ? 'square' : node.opType],
    );
  const readers = reached(gather.output[0] ?? '', 0);
  return readers.length > 0 && readers.every((opType) => opType === 'Mul' || opType === 'RotaryEmbedding');
}

const PASSING = new Set(['Unsqueeze', 'Squeeze', 'Cast', 'Reshape', 'Transpose', 'Slice', 'Concat', 'Identity']);
