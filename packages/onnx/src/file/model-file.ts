import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import { ModelProtoSchema, TensorProto_DataLocation, type GraphProto, type ModelProto, type TensorProto } from 'onnx-buf';
import { checkTensor } from './tensor.ts';

export interface ModelLimits {
  /** Size of the file in bytes; protobuf itself ends at 2 GiB. */
  maxBytes: number;
  maxNodes: number;
  /** Elements of one initializer. */
  maxElements: number;
}

export const MODEL_LIMITS: ModelLimits = { maxBytes: 2 ** 31 - 1, maxNodes: 100_000, maxElements: 2 ** 29 };

/** A decoded ONNX file whose graph is present and whose initializers hold what their dims say. */
export interface OnnxModel {
  proto: ModelProto;
  graph: GraphProto;
  /** The file as read; initializers of `proto` are views into it. */
  bytes: Uint8Array;
}

/** Decodes an ONNX file. Throws MODEL_TOO_LARGE, MODEL_NOT_ONNX, MODEL_INVALID or MODEL_UNSUPPORTED (external data). */
export function readModel(bytes: Uint8Array, limits: ModelLimits = MODEL_LIMITS): OnnxModel {
  if (bytes.length > limits.maxBytes)
    throw new OmlError('MODEL_TOO_LARGE', `The model file has ${bytes.length} bytes; at most ${limits.maxBytes} are read.`);
  const proto = decode(bytes);
  const graph = proto.graph;
  if (!graph || graph.node.length === 0 || graph.output.length === 0 || proto.opsetImport.length === 0)
    throw new OmlError('MODEL_NOT_ONNX', 'The file is no ONNX model: it has no graph with nodes, outputs and an operator set.');
  if (graph.node.length > limits.maxNodes)
    throw new OmlError('MODEL_TOO_LARGE', `The graph has ${graph.node.length} nodes; at most ${limits.maxNodes} are read.`);
  checkNames(graph);
  for (const tensor of graph.initializer) checkInitializer(tensor, limits);
  return { proto, graph, bytes };
}

/** Encodes a model as an ONNX file. */
export function writeModel(model: OnnxModel): Uint8Array {
  return toBinary(ModelProtoSchema, model.proto);
}

/** A second, independent decoding of the same file: edits to one do not show in the other. */
export function cloneModel(model: OnnxModel): OnnxModel {
  return readModel(writeModel(model));
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new OmlError('MODEL_NOT_ONNX', 'The file is no ONNX model, or it is cut off: its protobuf does not decode.', { cause });
  }
}

/** Two tensors of one name would let an editor change one while the engine reads the other. */
function checkNames(graph: GraphProto): void {
  const seen = new Set<string>();
  for (const name of [...graph.initializer.map((t) => t.name), ...graph.node.flatMap((n) => n.output)]) {
    if (name !== '' && seen.has(name)) throw new OmlError('MODEL_INVALID', `The graph defines the tensor "${name.slice(0, 80)}" twice.`);
    seen.add(name);
  }
}

function checkInitializer(tensor: TensorProto, limits: ModelLimits): void {
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0)
    throw new OmlError('MODEL_UNSUPPORTED', `The weights of "${tensor.name}" lie in another file; save the model as one file.`);
  checkTensor(tensor, limits.maxElements);
}
