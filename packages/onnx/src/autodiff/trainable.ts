import { TensorProto_DataType } from 'onnx-buf';
import type { OnnxModel } from '../file/model-file.ts';
import { readFloats } from '../file/tensor.ts';
import { indexGraph } from '../inspect/graph.ts';

/** Places of an operator's inputs where weights stand. */
const WEIGHT_INPUTS: Record<string, readonly number[]> = {
  MatMul: [0, 1],
  Gemm: [0, 1, 2],
  Conv: [1, 2],
  Gather: [0],
  LayerNormalization: [1, 2],
  SimplifiedLayerNormalization: [1],
  RMSNormalization: [1],
  BatchNormalization: [1, 2],
};
const ELEMENTWISE = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * Names of the float32 initializers that training would change: matrices, kernels, embeddings, biases and gains, but no
 * masks, tables or constants.
 */
export function trainableWeights(model: OnnxModel): string[] {
  const { consumers } = indexGraph(model.graph);
  const readAsWeight = (name: string, rank: number): boolean =>
    (consumers.get(name) ?? []).some((node) => {
      const place = node.input.indexOf(name);
      if (WEIGHT_INPUTS[node.opType]?.includes(place)) return true;
      if (node.opType === 'Transpose' || node.opType === 'Identity') return readAsWeight(node.output[0]!, rank);
      return rank === 1 && ELEMENTWISE.has(node.opType);
    });
  return model.graph.initializer
    .filter(
      ({ dataType, dims, name }) =>
        dataType === TensorProto_DataType.FLOAT && dims.some((dim) => dim > 1n) && readAsWeight(name, dims.length),
    )
    .map((tensor) => tensor.name);
}

/** Values of weights by name, as aligned copies. */
export function readWeights(model: OnnxModel, names: readonly string[]): Map<string, Float32Array<ArrayBuffer>> {
  const wanted = new Set(names);
  return new Map(
    model.graph.initializer
      .filter((tensor) => wanted.has(tensor.name))
      .map((tensor) => [tensor.name, readFloats(tensor)]),
  );
}
