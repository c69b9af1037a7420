import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { buildNode, buildTensor } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import type { Linear } from '../inspect/linear-node.ts';
import { needOpset, rebuildModel } from './rebuild.ts';
import { replaceableProducts, productMatrix } from './weights.ts';

export interface Int8Options {
  /** One scale for a whole matrix, or one per output column. Default `tensor`, as onnxruntime's own tool. */
  granularity?: 'tensor' | 'column';
}

/** Where the codes of weights lie: int8 and symmetric, moved up into uint8. */
const WEIGHT_ZERO = 128;
/** Inputs of a product up to which its sum, 255 · 128 for each, surely fits 32 bits. */
const MAX_INPUTS = Math.floor((2 ** 31 - 1) / (255 * WEIGHT_ZERO));

/**
 * The graph of onnxruntime's dynamic quantisation: activations to uint8 as they come (DynamicQuantizeLinear), symmetric
 * weights, integer products (MatMulInteger), for every MatMul and Gemm with constant float32 weights, the head among
 * them. Embeddings and convolutions stay as they are.
 *
 * Weights are uint8 about a zero of 128: the same integers as int8 about 0, but never multiplied by the instruction
 * that adds two u8 × s8 products in 16 bits, which x86 without VNNI has for int8 weights. So the sums are exact on
 * every
 * CPU.
 *
 * Throws MODEL_UNSUPPORTED below operator set 11, and where a sum could leave 32 bits.
 */
export function quantizeInt8(model: OnnxModel, { granularity = 'tensor' }: Int8Options = {}): OnnxModel {
  needOpset(model, 11, 'Dynamic quantisation');
  const linears = new Map(replaceableProducts(model).map((linear) => [linear.node, linear]));
  const added: TensorProto[] = [];
  const quantized = new Set<string>();
  const node = model.graph.node.flatMap((original): NodeProto[] => {
    const linear = linears.get(original);
    if (!linear) return [original];
    const before = quantized.has(linear.input) ? [] : [quantizeInput(linear.input)];
    quantized.add(linear.input);
    added.push(...quantizedWeights(linear, granularity));
    return [...before, ...integerProduct(linear)];
  });
  return rebuildModel(model, { node, initializer: [...model.graph.initializer, ...added] });
}

const quantizeInput = (input: string): NodeProto =>
  buildNode('DynamicQuantizeLinear', [input], [`${input}/input_uint8`, `${input}/input_scale`, `${input}/input_zero`]);

/** y = (x̂ − zero) (Ŵ − 128) · (scale of x · scale of W) + bias. */
function integerProduct({ input, node }: Linear): NodeProto[] {
  const name = node.output[0]!;
  const bias = node.opType === 'Gemm' && node.input[2] ? node.input[2] : undefined;
  const scaled = bias === undefined ? name : `${name}/unbiased`;
  const operands = [`${input}/input_uint8`, `${name}/weight_uint8`, `${input}/input_zero`, `${name}/weight_zero`];
  return [
    buildNode('MatMulInteger', operands, `${name}/int32`),
    buildNode('Cast', [`${name}/int32`], `${name}/float`, { to: BigInt(TensorProto_DataType.FLOAT) }),
    buildNode('Mul', [`${input}/input_scale`, `${name}/weight_scale`], `${name}/scales`),
    buildNode('Mul', [`${name}/float`, `${name}/scales`], scaled),
    ...(bias === undefined ? [] : [buildNode('Add', [scaled, bias], name)]),
  ];
}

function quantizedWeights(linear: Linear, granularity: 'tensor' | 'column'): TensorProto[] {
  const { inSize, outSize, node } = linear;
  if (inSize > MAX_INPUTS)
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      `A product of ${inSize} inputs may leave 32 bits as integers; ${MAX_INPUTS} are the most.`,
      { details: { inSize, most: MAX_INPUTS } },
    );
  const values = productMatrix(linear);
  const scales = scalesOf(values, granularity === 'tensor' ? 1 : outSize);
  const codes = Uint8Array.from(values, (value, i) => codeOf(value / scales[i % scales.length]!));
  const { UINT8, FLOAT } = TensorProto_DataType;
  const name = node.output[0]!;
  return [
    buildTensor(`${name}/weight_uint8`, UINT8, [inSize, outSize], codes),
    buildTensor(`${name}/weight_zero`, UINT8, [], Uint8Array.of(WEIGHT_ZERO)),
    buildTensor(`${name}/weight_scale`, FLOAT, granularity === 'tensor' ? [] : [outSize], scales),
  ];
}

/** Of the whole matrix, or of every column: what makes its greatest weight 127. */
function scalesOf(values: Float32Array, columns: number): Float32Array<ArrayBuffer> {
  const scales = new Float32Array(columns);
  for (let i = 0; i < values.length; i++) scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(values[i]!));
  return scales.map((greatest) => greatest / 127 || 1);
}

const codeOf = (value: number): number => WEIGHT_ZERO + Math.max(-127, Math.min(127, Math.round(value)));
