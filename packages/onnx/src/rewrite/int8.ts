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

/**
 * The graph of onnxruntime's dynamic quantisation: activations to uint8 as they come (DynamicQuantizeLinear), weights
 * int8 and symmetric,
 * integer products (MatMulInteger), for every MatMul and Gemm with constant float32 weights, the head among them.
 * Embeddings and convolutions
 * stay as they are. Throws MODEL_UNSUPPORTED below operator set 11.
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
    const { codes, scales } = int8Codes(linear, granularity);
    const name = original.output[0]!;
    added.push(buildTensor(`${name}/weight_int8`, TensorProto_DataType.INT8, [linear.inSize, linear.outSize], codes));
    added.push(
      buildTensor(
        `${name}/weight_scale`,
        TensorProto_DataType.FLOAT,
        granularity === 'tensor' ? [] : [linear.outSize],
        scales,
      ),
    );
    return [...before, ...integerProduct(linear, name)];
  });
  return rebuildModel(model, { node, initializer: [...model.graph.initializer, ...added] });
}

const quantizeInput = (input: string): NodeProto =>
  buildNode('DynamicQuantizeLinear', [input], [`${input}/input_uint8`, `${input}/input_scale`, `${input}/input_zero`]);

/** y = (x̂ − zero) Ŵ · (scale of x · scale of W) + bias. */
function integerProduct({ input, node }: Linear, name: string): NodeProto[] {
  const bias = node.opType === 'Gemm' && node.input[2] ? node.input[2] : undefined;
  const scaled = bias === undefined ? name : `${name}/unbiased`;
  return [
    buildNode('MatMulInteger', [`${input}/input_uint8`, `${name}/weight_int8`, `${input}/input_zero`], `${name}/int32`),
    buildNode('Cast', [`${name}/int32`], `${name}/float`, { to: BigInt(TensorProto_DataType.FLOAT) }),
    buildNode('Mul', [`${input}/input_scale`, `${name}/weight_scale`], `${name}/scales`),
    buildNode('Mul', [`${name}/float`, `${name}/scales`], scaled),
    ...(bias === undefined ? [] : [buildNode('Add', [scaled, bias], name)]),
  ];
}

function int8Codes(
  linear: Linear,
  granularity: 'tensor' | 'column',
): { codes: Int8Array<ArrayBuffer>; scales: Float32Array<ArrayBuffer> } {
  const values = productMatrix(linear);
  const columns = granularity === 'tensor' ? 1 : linear.outSize;
  const scales = new Float32Array(columns);
  for (let i = 0; i < values.length; i++) scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(values[i]!));
  for (let column = 0; column < columns; column++) scales[column] = scales[column]! / 127 || 1;
  return {
    codes: Int8Array.from(values, (value, i) =>
      Math.max(-127, Math.min(127, Math.round(value / scales[i % columns]!))),
    ),
    scales,
  };
}
