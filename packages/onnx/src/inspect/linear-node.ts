import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { floatAttribute, intAttribute, type GraphIndex } from './graph.ts';
import { dimsOf } from '../file/tensor.ts';

/** A product with constant weights: `y = x W (+ bias)`. */
export interface Linear {
  node: NodeProto;
  /** Tensor x. */
  input: string;
  weight: TensorProto;
  /** Are the weights stored as [out, in]? */
  transposed: boolean;
  inSize: number;
  outSize: number;
  bias?: TensorProto;
  /** Packed integers (MatMulNBits): they can be seen, not edited. */
  packed?: true;
}

interface Constant {
  tensor: TensorProto;
  transposed: boolean;
}

/** No real graph hides a weight behind more nodes than this; a hostile one may try. */
const MAX_DEPTH = 8;
const FLOATS = new Set<number>([
  TensorProto_DataType.FLOAT,
  TensorProto_DataType.FLOAT16,
  TensorProto_DataType.BFLOAT16,
]);

/** Nodes behind which a linear map's values are still the same rows in the same order. */
const KEEPS_ROWS = new Set(['Identity', 'Dropout', 'Reshape', 'Squeeze', 'Unsqueeze']);

const isFloatCast = (node: NodeProto): boolean => node.opType === 'Cast' && FLOATS.has(intAttribute(node, 'to', 0));

/** Does the node hand its first input on, in another shape or float type at most? */
export const passesOn = (node: NodeProto): boolean => KEEPS_ROWS.has(node.opType) || isFloatCast(node);

/** The initializer behind a tensor, seen through Identity, a float Cast and a plain matrix Transpose. */
export function constantOf(index: GraphIndex, name: string, depth = 0): Constant | undefined {
  const tensor = index.initializer.get(name);
  if (tensor) return { tensor, transposed: false };
  const node = index.producer.get(name);
  const source = node?.input[0];
  if (!node || source === undefined || depth > MAX_DEPTH) return undefined;
  if (node.opType === 'Identity' || isFloatCast(node)) return constantOf(index, source, depth + 1);
  if (node.opType !== 'Transpose') return undefined;
  const inner = constantOf(index, source, depth + 1);
  return inner && inner.tensor.dims.length === 2 ? { tensor: inner.tensor, transposed: !inner.transposed } : undefined;
}

/**
 * Does the tensor follow from no input: an initializer, a Constant node, or one of these behind Identity, Cast or
 * Transpose?
 */
export function isConstant(index: GraphIndex, name: string, depth = 0): boolean {
  const node = index.producer.get(name);
  if (index.initializer.has(name) || node?.opType === 'Constant') return true;
  const passes =
    node !== undefined && (node.opType === 'Identity' || node.opType === 'Cast' || node.opType === 'Transpose');
  return passes && depth < MAX_DEPTH && isConstant(index, node.input[0] ?? '', depth + 1);
}

/**
 * The linear map that makes tensor `name`, with its bias whether inside a Gemm or added behind; undefined if there is
 * none.
 */
export function linearOf(index: GraphIndex, name: string, depth = 0): Linear | undefined {
  const node = index.producer.get(name);
  if (!node || depth > MAX_DEPTH) return undefined;
  if (node.opType === 'Add') return biasedLinear(index, node, depth);
  if (passesOn(node)) return linearOf(index, node.input[0] ?? '', depth + 1);
  return productOf(index, node);
}

/** The linear map that a MatMul, Gemm, FusedMatMul or MatMulNBits node is by itself. */
export function productOf(index: GraphIndex, node: NodeProto): Linear | undefined {
  if (node.opType === 'MatMulNBits') return packedProduct(index, node);
  if (node.opType !== 'MatMul' && node.opType !== 'Gemm' && node.opType !== 'FusedMatMul') return undefined;
  const [input, weightName, biasName] = node.input;
  const constant = constantOf(index, weightName ?? '');
  if (input === undefined || !constant || constant.tensor.dims.length !== 2 || constantOf(index, input))
    return undefined;
  if (!isPlain(node)) return undefined;
  const transposed = constant.transposed !== (intAttribute(node, 'transB', 0) === 1);
  const [rows = 0, columns = 0] = dimsOf(constant.tensor);
  const bias = constantOf(index, biasName ?? '')?.tensor;
  if (biasName && !bias) return undefined;
  const sizes = transposed ? { inSize: columns, outSize: rows } : { inSize: rows, outSize: columns };
  return { node, input, weight: constant.tensor, transposed, ...sizes, ...(bias ? { bias } : {}) };
}

/** com.microsoft.MatMulNBits: A, packed B, scales, zero points?, g_idx?, bias?; attributes K and N are the sizes. */
function packedProduct(index: GraphIndex, node: NodeProto): Linear | undefined {
  const [input, weightName = ''] = node.input;
  const weight = index.initializer.get(weightName);
  const [inSize, outSize] = [intAttribute(node, 'K', 0), intAttribute(node, 'N', 0)];
  const bias = index.initializer.get(node.input[5] ?? '');
  if (!input || !weight || inSize < 1 || outSize < 1) return undefined;
  return { node, input, weight, transposed: true, inSize, outSize, packed: true, ...(bias ? { bias } : {}) };
}

function biasedLinear(index: GraphIndex, add: NodeProto, depth: number): Linear | undefined {
  for (const [side, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const bias = constantOf(index, add.input[side] ?? '')?.tensor;
    const linear = bias && linearOf(index, add.input[other] ?? '', depth + 1);
    if (linear && !linear.bias) return { ...linear, bias };
  }
  return undefined;
}

function isPlain(node: NodeProto): boolean {
  const ints = ['transA', 'transBatchA', 'transBatchB'].every((name) => intAttribute(node, name, 0) === 0);
  return ints && floatAttribute(node, 'alpha', 1) === 1 && floatAttribute(node, 'beta', 1) === 1;
}
