import { TensorProto_DataType, type GraphProto, type NodeProto } from 'onnx-buf';
import { indexGraph, type GraphIndex } from './graph.ts';

/** Products of integers, and the input that holds their weights. */
const WEIGHT_INPUT: Record<string, number> = {
  MatMulInteger: 1,
  DynamicQuantizeMatMul: 1,
  MatMulIntegerToFloat: 1,
  QLinearMatMul: 3,
  QLinearConv: 3,
  QGemm: 3,
};
/** Products that engines fuse with a DequantizeLinear before their weights. */
const FUSED_WITH_DEQUANTIZE = new Set(['MatMul', 'Gemm', 'Conv']);

/**
 * Names of the products whose weights are int8. On x86 without VNNI onnxruntime adds two of their terms in 16 bits,
 * which 255 · 127 twice does not fit: such a file answers differently from one host to the next, unless the engine is
 * told otherwise (`nodeEngine` does, for constant weights).
 */
export function saturatingProducts(graph: GraphProto): string[] {
  const index = indexGraph(graph);
  const signed = new Set(graph.input.filter(isInt8Input).map(({ name }) => name));
  for (const [name, tensor] of index.initializer) if (tensor.dataType === TensorProto_DataType.INT8) signed.add(name);
  return graph.node.filter((node) => signed.has(weightsOf(index, node))).map((node) => node.name || node.output[0]!);
}

function weightsOf(index: GraphIndex, node: NodeProto): string {
  const place = WEIGHT_INPUT[node.opType];
  if (place !== undefined) return node.input[place] ?? '';
  if (!FUSED_WITH_DEQUANTIZE.has(node.opType)) return '';
  const dequantize = index.producer.get(node.input[1] ?? '');
  return dequantize?.opType === 'DequantizeLinear' ? (dequantize.input[0] ?? '') : '';
}

function isInt8Input({ type }: GraphProto['input'][number]): boolean {
  return type?.value.case === 'tensorType' && type.value.value.elemType === TensorProto_DataType.INT8;
}
