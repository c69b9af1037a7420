import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type GraphProto,
} from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { cachedLlamaModel, genaiLlamaModel } from '../../test-support/architectures/llama.ts';
import { haveSharedModels, imageFiles, languageFiles } from '../../test-support/shared-models.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { describeSite, inspectModel } from './inspect.ts';
import { buildNode, buildValue } from '../file/build.ts';
import { readModel } from '../file/model-file.ts';
import { quantizeInt4 } from '../rewrite/int4.ts';

const inspectFile = (bytes: Uint8Array) => inspectModel(readModel(bytes));

test('finds the last layer of a classifier under its softmax', () => {
  const found = inspectFile(tinyClassifier());
  expect(found).toMatchObject({
    kind: 'classifier',
    outcomes: 10,
    logitsTensor: 'scores',
    output: 'chances',
    input: { dims: [null, 1, 14, 14] },
  });
  expect(found.site).toEqual({
    initializer: 'w2',
    transposed: true,
    keyTensor: 'r1',
    keySize: 48,
    hiddenTensor: 'scores',
    hiddenSize: 10,
  });
});

test('finds the down-projection of a language model under a layer norm with bias', () => {
  const found = inspectFile(tinyLanguageModel());
  expect(found).toMatchObject({
    kind: 'language',
    outcomes: 128,
    norm: { kind: 'layer', gain: 'gain', bias: 'bias' },
    head: { initializer: 'head', transposed: false, tied: false },
  });
  expect(found.site).toEqual({
    initializer: 'down',
    transposed: false,
    keyTensor: 'k',
    keySize: 64,
    hiddenTensor: 'residual',
    hiddenSize: 16,
  });
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
  expect(inspectFile(imageFiles().model)).toMatchObject({
    kind: 'classifier',
    outcomes: 10,
    site: { keySize: 84, transposed: true },
  });
});

describe('refuses with a reason', () => {
  const changed = (bytes: Uint8Array, change: (graph: GraphProto) => void) => {
    const proto = fromBinary(ModelProtoSchema, bytes);
    change(proto.graph!);
    return () => inspectFile(toBinary(ModelProtoSchema, proto));
  };

  test('a head whose weights are computed', () => {
    expect(changed(tinyLanguageModel(), (graph) => (graph.node.at(-1)!.input[1] = 'residual'))).toThrow(
      /not from a head with constant weights/,
    );
  });
  test('a model of several inputs', () => {
    expect(
      changed(tinyLanguageModel(), (graph) => graph.input.push({ ...graph.input[0]!, name: 'decoder_input_ids' })),
    ).toThrow(/depend on 2 inputs together/);
  });
  test('a projection that is used twice', () => {
    expect(
      changed(tinyLanguageModel(), (graph) => graph.node.push({ ...graph.node[3]!, name: 'again', output: ['again'] })),
    ).toThrow(/used 2 times/);
  });
  test('a model without a residual sum', () => {
    expect(changed(tinyLanguageModel(), (graph) => (graph.node[5]!.input[0] = 'm'))).toThrow(
      /stands between its last residual sum/,
    );
  });
  test('a sum that a later output reads too', () => {
    expect(changed(tinyLanguageModel(), (graph) => graph.node.push(buildNode('Neg', ['residual'], 'more')))).toThrow(
      /read by Neg besides/,
    );
  });
  test('a layer between the last sum and the head, as masked language models have', () => {
    const masked = changed(tinyLanguageModel(), (graph) => {
      const at = graph.node.findIndex((node) => node.output[0] === 'normed');
      graph.node.splice(at, 0, buildNode('MatMul', ['residual', 'residual'], 'mixed'));
      graph.node[at + 1]!.input[0] = 'mixed';
    });
    expect(masked).toThrow(/MatMul stands between/);
  });
  test('a norm whose gain is computed', () => {
    const computed = changed(tinyLanguageModel(), (graph) => {
      const at = graph.node.findIndex((node) => node.output[0] === 'normed');
      graph.node.splice(
        at,
        1,
        buildNode('Add', ['gain', 'bias'], 'computed'),
        buildNode('Mul', ['residual', 'computed'], 'normed'),
      );
    });
    expect(computed).toThrow(/computes its gain/);
  });
  test('scores for something else than tokens', () => {
    expect(
      changed(tinyLanguageModel(), (graph) =>
        Object.assign(
          graph.initializer.find((t) => t.name === 'embedding')!,
          { dims: [2048n, 1n] },
        ),
      ),
    ).toThrow(/scores per token/);
  });
  test('a cache of fixed length', () => {
    expect(() => inspectFile(cachedLlamaModel())).not.toThrow();
    expect(
      changed(
        cachedLlamaModel(),
        (graph) =>
          (graph.input.find(({ name }) => name.startsWith('past'))!.type = buildValue('past', 1, [1, 2, 8, 16]).type),
      ),
    ).toThrow(/fixed length/);
  });
  test('a switch of unknown meaning', () => {
    expect(changed(tinyLanguageModel(), (graph) => graph.input.push(buildValue('turbo', 9, [])))).toThrow(
      /unknown meaning/,
    );
  });
  test('a projection that an If reads inside', () => {
    const captured = changed(tinyLanguageModel(), (graph) => {
      const body = create(GraphProtoSchema, {
        name: 'body',
        node: [buildNode('Identity', ['down'], 'seen')],
        output: [buildValue('seen', 1)],
      });
      const branch = buildNode('If', ['input_ids'], 'peek');
      branch.attribute = ['then_branch', 'else_branch'].map((name) =>
        create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.GRAPH, g: body }),
      );
      graph.node.push(branch);
    });
    expect(captured).toThrow(/used 3 times/);
  });
  test('a quantised projection, which it can still describe', () => {
    const packed = quantizeInt4(readModel(genaiLlamaModel()));
    expect(() => inspectModel(packed)).toThrow(/quantised/);
    expect(describeSite(packed)).toMatchObject({
      dtype: 'packed',
      outcomes: 96,
      sites: [expect.any(String), expect.any(String)],
      site: { keySize: 64, hiddenSize: 32 },
      readOnly: expect.stringMatching(/quantised/),
    });
  });
  test('a scaled Gemm', () => {
    expect(
      changed(tinyClassifier(), (graph) =>
        graph.node[3]!.attribute.push({ ...graph.node[3]!.attribute[0]!, name: 'alpha', f: 0.5 }),
      ),
    ).toThrow(/not from a linear layer/);
  });
});
