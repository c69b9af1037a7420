import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { haveSharedModels, imageFiles, languageFiles } from '../../test-support/shared-models.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { inspectModel } from './inspect.ts';
import { readModel } from '../file/model-file.ts';

const inspectFile = (bytes: Uint8Array) => inspectModel(readModel(bytes));

test('finds the last layer of a classifier under its softmax', () => {
  const found = inspectFile(tinyClassifier());
  expect(found).toMatchObject({ kind: 'classifier', outcomes: 10, logitsTensor: 'scores', output: 'chances', input: { dims: [null, 1, 14, 14] } });
  expect(found.site).toEqual({ initializer: 'w2', transposed: true, keyTensor: 'r1', keySize: 48, hiddenTensor: 'scores', hiddenSize: 10 });
});

test('finds the down-projection of a language model under a layer norm with bias', () => {
  const found = inspectFile(tinyLanguageModel());
  expect(found).toMatchObject({ kind: 'language', outcomes: 128, norm: { kind: 'layer', gain: 'gain', bias: 'bias' }, head: { initializer: 'head', transposed: false, tied: false } });
  expect(found.site).toEqual({ initializer: 'down', transposed: false, keyTensor: 'k', keySize: 64, hiddenTensor: 'residual', hiddenSize: 16 });
});

test.skipIf(!haveSharedModels)('finds every MLP of a Llama, its tied head and its context', () => {
  expect(inspectFile(languageFiles('stories260k').model)).toMatchObject({
    kind: 'language',
    outcomes: 512,
    norm: { kind: 'rms', gain: 'nf' },
    head: { initializer: 'tok_emb', tied: true },
    sites: ['l4.w2', 'l3.w2', 'l2.w2', 'l1.w2', 'l0.w2'],
    contextLength: 512,
  });
  expect(inspectFile(imageFiles().model)).toMatchObject({ kind: 'classifier', outcomes: 10, site: { keySize: 84, transposed: true } });
});

describe('refuses with a reason', () => {
  const changed = (bytes: Uint8Array, change: (graph: GraphProto) => void) => {
    const proto = fromBinary(ModelProtoSchema, bytes);
    change(proto.graph!);
    return () => inspectFile(toBinary(ModelProtoSchema, proto));
  };

  test('a head whose weights are computed', () => {
    expect(changed(tinyLanguageModel(), (graph) => (graph.node.at(-1)!.input[1] = 'residual'))).toThrow(/not from a head with constant weights/);
  });
  test('a model of several inputs', () => {
    expect(changed(tinyLanguageModel(), (graph) => graph.input.push({ ...graph.input[0]!, name: 'attention_mask' }))).toThrow(/takes 2 inputs/);
  });
  test('a projection that is used twice', () => {
    expect(changed(tinyLanguageModel(), (graph) => graph.node.push({ ...graph.node[3]!, name: 'again', output: ['again'] }))).toThrow(/used 2 times/);
  });
  test('a model without a residual sum', () => {
    expect(changed(tinyLanguageModel(), (graph) => (graph.node[5]!.input[0] = 'm'))).toThrow(/no residual sum/);
  });
  test('a scaled Gemm', () => {
    expect(changed(tinyClassifier(), (graph) => graph.node[3]!.attribute.push({ ...graph.node[3]!.attribute[0]!, name: 'alpha', f: 0.5 }))).toThrow(/not from a linear layer/);
  });
});
