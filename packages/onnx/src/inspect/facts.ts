import { TensorProto_DataType } from 'onnx-buf';
import { byteLength, dimsOf } from '../file/tensor.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { saturatingProducts } from './saturating.ts';

/** What any ONNX model says of itself. */
export interface ModelFacts {
  /** Versions by domain; '' is ONNX's own. */
  opsets: Record<string, number>;
  producer: string;
  /** How often each operator occurs, with its domain where that is not ONNX's own. */
  operators: Record<string, number>;
  /** Elements of the initializers by data type. */
  weights: Record<string, number>;
  /** Bytes of all initializers. */
  bytes: number;
  inputs: string[];
  outputs: string[];
  /** Products whose sums depend on the host's CPU, by name: see {@link saturatingProducts}. */
  saturating: string[];
}

/** Counts what is in a graph; weights may be elsewhere. */
export function modelFacts({ proto, graph }: Pick<OnnxModel, 'proto' | 'graph'>): ModelFacts {
  const operators: Record<string, number> = {};
  const weights: Record<string, number> = {};
  for (const { domain, opType } of graph.node)
    add(operators, domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`, 1);
  for (const tensor of graph.initializer)
    add(
      weights,
      TensorProto_DataType[tensor.dataType]?.toLowerCase() ?? String(tensor.dataType),
      dimsOf(tensor).reduce((product, dim) => product * dim, 1),
    );
  return {
    opsets: Object.fromEntries(
      proto.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]),
    ),
    producer: proto.producerName,
    operators,
    weights,
    bytes: graph.initializer.reduce((sum, tensor) => sum + byteLength(tensor), 0),
    inputs: graph.input.map(({ name }) => name),
    outputs: graph.output.map(({ name }) => name),
    saturating: saturatingProducts(graph),
  };
}

function add(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (Object.hasOwn(counts, name) ? counts[name]! : 0) + count;
}
