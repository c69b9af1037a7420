import { TensorProto_DataType } from 'onnx-buf';
import { buildModel, buildNode, buildTensor, buildValue } from '../file/build.ts';

/**
 * An ONNX file that sums what n positions tell about an edit behind them. From keys [n, k], scores [n, v], inverse
 * scales [n, 1], directions [v, d]
 * and the squared lengths of the directions [v, 1] it makes, with p = softmax(scores):
 * - `chances` [1, v] = Σ p and `weights` [1, v] = Σ inverse² p,
 * - `outer` [d, d] = Σ m mᵀ with m = inverse · p · directions,
 * - `spread` [n, 1] = inverse² p · lengths − |m|²: the trace of each position's softmax Fisher information,
 * - `covariance` [k, k] = Σ spread · key keyᵀ.
 */
export function momentsModel(): Uint8Array<ArrayBuffer> {
  const sumRows = (from: string, to: string) => buildNode('ReduceSum', [from, 'rows'], to, { keepdims: 1n });
  const node = [
    buildNode('Softmax', ['scores'], 'p', { axis: 1n }),
    sumRows('p', 'chances'),
    buildNode('Mul', ['p', 'inverse'], 'scaled'),
    buildNode('MatMul', ['scaled', 'directions'], 'means'),
    buildNode('Gemm', ['means', 'means'], 'outer', { transA: 1n }),
    buildNode('Mul', ['scaled', 'inverse'], 'weighted'),
    sumRows('weighted', 'weights'),
    buildNode('MatMul', ['weighted', 'lengths'], 'total'),
    buildNode('Mul', ['means', 'means'], 'squares'),
    buildNode('ReduceSum', ['squares', 'columns'], 'own', { keepdims: 1n }),
    buildNode('Sub', ['total', 'own'], 'spread'),
    buildNode('Mul', ['keys', 'spread'], 'spreadKeys'),
    buildNode('Gemm', ['spreadKeys', 'keys'], 'covariance', { transA: 1n }),
  ];
  const values = (names: string[]) =>
    names.map((name) => buildValue(name, TensorProto_DataType.FLOAT, [`${name}0`, `${name}1`]));
  const axis = (name: string, at: bigint) => buildTensor(name, TensorProto_DataType.INT64, [1], BigInt64Array.of(at));
  return buildModel('moments', {
    node,
    initializer: [axis('rows', 0n), axis('columns', 1n)],
    input: values(['keys', 'scores', 'inverse', 'directions', 'lengths']),
    output: values(['chances', 'weights', 'outer', 'spread', 'covariance']),
  });
}
