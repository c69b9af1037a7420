import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import { ModelProtoSchema, type GraphProto, type ModelProto } from 'onnx-buf';
import { checkAllInside, checkGraph, checkInitializer, MODEL_LIMITS, type ModelLimits } from './hostile.ts';
import { notProtobuf } from './wire.ts';

/** A decoded ONNX file whose graph is present and whose initializers hold what their dims say. */
export interface OnnxModel {
  proto: ModelProto;
  graph: GraphProto;
  /** The file as read; initializers of `proto` are views into it. */
  bytes: Uint8Array;
}

/**
 * Decodes an ONNX file that holds all its weights; `openWhole` takes the files beside it, too. Throws MODEL_TOO_LARGE,
 * MODEL_NOT_ONNX, MODEL_INVALID or MODEL_UNSUPPORTED (external data).
 */
export function readModel(bytes: Uint8Array, limits: ModelLimits = MODEL_LIMITS): OnnxModel {
  if (bytes.length > limits.maxBytes)
    throw new OmlError(
      'MODEL_TOO_LARGE',
      `The model file has ${bytes.length} bytes; at most ${limits.maxBytes} are read.`,
    );
  const proto = decodeModel(bytes);
  const graph = checkGraph(proto, limits);
  for (const tensor of graph.initializer) checkInitializer(tensor, limits);
  checkAllInside({ proto, graph });
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

/** Decodes the protobuf alone. Throws MODEL_NOT_ONNX. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw notProtobuf(cause);
  }
}
