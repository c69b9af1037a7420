import { create, toBinary } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
  type GraphProto,
  type ModelProto,
  type TensorProto,
} from 'onnx-buf';
import { joinBytes, readChunks } from './byte-source.ts';
import { MODEL_LIMITS } from './hostile.ts';
import { readModel, type OnnxModel } from './model-file.ts';
import { sourceOf, type StoredModel, type StoredTensor } from './stored-model.ts';
import { fieldHeader } from './wire.ts';

const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW = 9;

/**
 * The whole model in memory as one file, external data included. Throws MODEL_TOO_LARGE above the 2 GiB of a protobuf.
 */
export async function loadModel(model: StoredModel): Promise<OnnxModel> {
  return readModel(await assembleFile(model, model.proto, model.graph));
}

/**
 * A file of some of a stored model's nodes and initializers, whose bytes are read straight to where they belong:
 * nothing is in memory twice.
 * Throws MODEL_TOO_LARGE.
 */
export async function assembleFile(
  model: StoredModel,
  proto: ModelProto,
  graph: GraphProto,
): Promise<Uint8Array<ArrayBuffer>> {
  const { graph: _, ...rest } = proto;
  const parts = graph.initializer.map((tensor) => tensorPart(tensor, model.stored.get(tensor.name)));
  const nodes = toBinary(GraphProtoSchema, create(GraphProtoSchema, { ...graph, initializer: [] }));
  const size = parts.reduce((sum, { header, place }) => sum + header.length + (place?.length ?? 0), nodes.length);
  if (size > MODEL_LIMITS.maxBytes - MODEL_LIMITS.maxGraphBytes)
    throw new OmlError(
      'MODEL_TOO_LARGE',
      `This would be a file of ${size} bytes, more than one file in memory can hold.`,
      { details: { bytes: size } },
    );
  const before = [toBinary(ModelProtoSchema, create(ModelProtoSchema, rest)), fieldHeader(MODEL_GRAPH, size), nodes];
  const file = new Uint8Array(before.reduce((sum, part) => sum + part.length, size - nodes.length));
  let at = 0;
  const put = (bytes: Uint8Array) => {
    file.set(bytes, at);
    at += bytes.length;
  };
  before.forEach(put);
  for (const { header, place } of parts) {
    put(header);
    if (place)
      for await (const chunk of readChunks(await sourceOf(model, place), place.offset, place.length)) put(chunk);
  }
  return file;
}

/** All of an initializer's field but the bytes that are read from `place`. */
function tensorPart(
  tensor: TensorProto,
  place: StoredTensor | undefined,
): { header: Uint8Array; place: StoredTensor | undefined } {
  const { name, dims, dataType } = tensor;
  const own = toBinary(TensorProtoSchema, place ? create(TensorProtoSchema, { name, dims, dataType }) : tensor);
  const raw = place ? fieldHeader(TENSOR_RAW, place.length) : new Uint8Array();
  const length = own.length + raw.length + (place?.length ?? 0);
  return { header: joinBytes([fieldHeader(GRAPH_INITIALIZER, length), own, raw]), place };
}
