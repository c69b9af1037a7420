import { create, toBinary } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import { GraphProtoSchema, ModelProtoSchema, type TensorProto } from 'onnx-buf';
import { buildTensor } from './build.ts';
import { MODEL_LIMITS, readModel, type OnnxModel } from './model-file.ts';
import { sourceOf, type StoredModel } from './stored-model.ts';
import { dimsOf } from './tensor.ts';

/** An initializer with its bytes in it, as a part of a graph in memory. */
export async function loadTensor(model: StoredModel, tensor: TensorProto): Promise<TensorProto> {
  const place = model.stored.get(tensor.name);
  if (!place) return tensor;
  const bytes = await (await sourceOf(model, place)).read(place.offset, place.length);
  return buildTensor(tensor.name, tensor.dataType, dimsOf(tensor), bytes as Uint8Array<ArrayBuffer>);
}

/** The whole model in memory as one file, external data included. Throws MODEL_TOO_LARGE above the 2 GiB of a protobuf. */
export async function loadModel(model: StoredModel): Promise<OnnxModel> {
  const total = [...model.stored.values()].reduce((sum, { length }) => sum + length, 0);
  if (total > MODEL_LIMITS.maxBytes - MODEL_LIMITS.maxGraphBytes)
    throw new OmlError('MODEL_TOO_LARGE', `The model has ${total} bytes of weights, more than one file in memory can hold.`, { details: { bytes: total } });
  const initializer: TensorProto[] = [];
  for (const tensor of model.graph.initializer) initializer.push(await loadTensor(model, tensor));
  const graph = create(GraphProtoSchema, { ...model.graph, initializer });
  return readModel(toBinary(ModelProtoSchema, create(ModelProtoSchema, { ...model.proto, graph })));
}
