import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, NodeProtoSchema, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';

const node = (opType: string, input: string[], output: string) =>
  create(NodeProtoSchema, { opType, name: `${output} of a meal`, input, output: [output] });

const dims = (name: string, size: number) =>
  create(TensorProtoSchema, { name, dims: [1n], dataType: TensorProto_DataType.INT64, int64Data: [BigInt(size)] });

/** A copy of a language model of a few bytes more that fills so many float32 values, twice, before it answers. */
export function hungry(model: Uint8Array, floats: number): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, model);
  const graph = proto.graph!;
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const at = graph.node.findIndex(({ opType, input }) => opType === 'Gather' && weights.has(input[0]!));
  const embedded = graph.node[at]!;
  const [out, raw] = [embedded.output[0]!, 'before the meal'];
  embedded.output[0] = raw;
  graph.initializer.push(dims('a crumb', 1), dims('all there is', floats));
  graph.node.splice(
    at + 1,
    0,
    node('ReduceMean', [raw], 'seed'),
    node('Reshape', ['seed', 'a crumb'], 'crumb'),
    node('Expand', ['crumb', 'all there is'], 'meal'),
    node('Exp', ['meal'], 'second meal'),
    node('ReduceMax', ['second meal'], 'rest'),
    node('Add', [raw, 'rest'], out),
  );
  return toBinary(ModelProtoSchema, proto);
}
