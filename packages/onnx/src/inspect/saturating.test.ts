import { TensorProto_DataType } from 'onnx-buf';
import { expect, test } from 'vitest';
import { tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { buildModel, buildNode, buildTensor, buildValue } from '../file/build.ts';
import { readModel } from '../file/model-file.ts';
import { quantizeInt8 } from '../rewrite/int8.ts';
import { saturatingProducts } from './saturating.ts';

const { INT8, UINT8, INT32, FLOAT } = TensorProto_DataType;
const products = (file: Uint8Array) => saturatingProducts(readModel(file).graph);
const scale = buildTensor('scale', FLOAT, [], Float32Array.of(1));
const weights = buildTensor('w', INT8, [4, 2], new Int8Array(8));

test('integer products with int8 weights are named, constant or fed', () => {
  const node = [buildNode('MatMulInteger', ['a', 'w'], 'y')];
  const [a, y] = [buildValue('a', UINT8, [1, 4]), buildValue('y', INT32, [1, 2])];
  expect(products(buildModel('constant', { node, input: [a], output: [y], initializer: [weights] }))).toEqual(['y']);
  expect(products(buildModel('fed', { node, input: [a, buildValue('w', INT8, [4, 2])], output: [y] }))).toEqual(['y']);
  expect(products(buildModel('unsigned', { node, input: [a, buildValue('w', UINT8, [4, 2])], output: [y] }))).toEqual(
    [],
  );
});

test('so are float products that engines fuse with the dequantising of their weights', () => {
  const node = [buildNode('DequantizeLinear', ['w', 'scale'], 'v'), buildNode('MatMul', ['x', 'v'], 'y')];
  const [x, y] = [buildValue('x', FLOAT, [1, 4]), buildValue('y', FLOAT, [1, 2])];
  expect(products(buildModel('qdq', { node, input: [x], output: [y], initializer: [weights, scale] }))).toEqual(['y']);
});

test('what this package writes has none', () => {
  expect(products(quantizeInt8(readModel(tinyLanguageModel())).bytes)).toEqual([]);
});
