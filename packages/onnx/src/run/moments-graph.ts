import { create, toBinary } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, ModelProtoSchema, NodeProtoSchema, TensorProto_DataType, TensorProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';

const node = (opType: string, input: string[], output: string, ints: Record<string, number> = {}) =>
  create(NodeProtoSchema, {
    opType,
    name: output,
    input,
    output: [output],
    attribute: Object.entries(ints).map(([name, i]) => create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(i) })),
  });

const value = (name: string) => {
  const dim = [0, 1].map((i) => ({ value: { case: 'dimParam' as const, value: `${name}${i}` } }));
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType: TensorProto_DataType.FLOAT, shape: { dim } } } } });
};

const axis = create(TensorProtoSchema, { name: 'rows', dims: [1n], dataType: TensorProto_DataType.INT64, rawData: new Uint8Array(8) });

/**
 * An ONNX file that sums what n positions tell about an edit: from keys [n, k], scores [n, v], inverse scales [n, 1], directions [v, d] and squared
 * lengths of the directions [v, 1] it makes p = softmax(scores) and
 * - `means` [n, d] = inverse · p · directions and `outer` [d, d] = meansᵀ means,
 * - `weights` [1, v] = Σ inverse² p,
 * - `spread` [n, 1] = inverse² p · lengths − |means|², the trace of each position's softmax Fisher information,
 * - `covariance` [k, k] = Σ spread · key keyᵀ.
 */
export function momentsModel(): Uint8Array {
  const nodes = [
    node('Softmax', ['scores'], 'chances', { axis: 1 }),
    node('Mul', ['chances', 'inverse'], 'scaled'),
    node('MatMul', ['scaled', 'directions'], 'means'),
    node('Gemm', ['means', 'means'], 'outer', { transA: 1 }),
    node('Mul', ['scaled', 'inverse'], 'weighted'),
    node('ReduceSum', ['weighted', 'rows'], 'weights', { keepdims: 1 }),
    node('MatMul', ['weighted', 'lengths'], 'total'),
    node('Mul', ['means', 'means'], 'squares'),
    node('Transpose', ['squares'], 'turned'),
    node('ReduceSum', ['turned', 'rows'], 'own', { keepdims: 1 }),
    node('Transpose', ['own'], 'ownColumn'),
    node('Sub', ['total', 'ownColumn'], 'spread'),
    node('Mul', ['keys', 'spread'], 'weightedKeys'),
    node('Gemm', ['weightedKeys', 'keys'], 'covariance', { transA: 1 }),
    node('Gemm', ['keys', 'keys'], 'plain', { transA: 1 }),
  ];
  const graph = {
    name: 'moments',
    node: nodes,
    initializer: [axis],
    input: ['keys', 'scores', 'inverse', 'directions', 'lengths'].map(value),
    output: ['outer', 'weights', 'spread', 'covariance', 'plain'].map(value),
  };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: 17n }], graph }));
}
