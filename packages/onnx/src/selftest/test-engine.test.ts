import { TensorProto_DataType } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { handBuilt, trained } from '../../test-support/architectures/all.ts';
import { faulty, saturating, withInt8Weights } from '../../test-support/faulty-engines.ts';
import { tinyClassifier } from '../../test-support/tiny-models.ts';
import { buildModel, buildNode, buildTensor, buildValue } from '../file/build.ts';
import { readModel, type OnnxModel } from '../file/model-file.ts';
import { quantizeInt4 } from '../rewrite/int4.ts';
import { quantizeInt8 } from '../rewrite/int8.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { openOrtRunner } from '../run/runner-ort.ts';
import { webEngine } from '../run/runner-web.ts';
import type { Engine } from '../run/runner.ts';
import { FLOAT_RECIPES } from './recipes-float.ts';
import { INTEGER_RECIPES } from './recipes-integer.ts';
import { checkEngine, testEngine } from './test-engine.ts';

const native = nodeEngine();
const web = webEngine({ wasmPaths: new URL('./', import.meta.resolve('onnxruntime-web/wasm')).href });

/** They move values, or are of the graph's own shapes. */
const STRUCTURE = new Set(
  [
    'Cast',
    'Concat',
    'Constant',
    'ConstantOfShape',
    'Expand',
    'Flatten',
    'Identity',
    'Range',
    'Reshape',
    'Shape',
  ].concat(
    ['Slice', 'Squeeze', 'Unsqueeze', 'Split', 'Where', 'Trilu', 'Less', 'LessOrEqual', 'Equal', 'Greater', 'Not'],
    ['EmbedLayerNormalization', 'ScatterND', 'CumSum', 'And'],
  ),
);

/** Every operator that a trial is written for, in one graph that is only read. */
function everything(): OnnxModel {
  const { FLOAT, INT8 } = TensorProto_DataType;
  const names = Object.keys({ ...FLOAT_RECIPES, ...INTEGER_RECIPES });
  const microsoft = new Set(['FusedMatMul', 'QuickGelu', 'FastGelu', 'Gelu', 'SkipLayerNormalization']);
  for (const name of ['SkipSimplifiedLayerNormalization', 'MatMulNBits', 'BiasGelu', 'RotaryEmbedding'])
    microsoft.add(name);
  const node = names.map((name) =>
    buildNode(name, ['x', 'w', 'x', 'w'], name, {}, microsoft.has(name) ? 'com.microsoft' : ''),
  );
  const initializer = [buildTensor('w', INT8, [1], new Int8Array(1))];
  const parts = { node, input: [buildValue('x', FLOAT)], output: [buildValue('Add', FLOAT)], initializer };
  return readModel(buildModel('everything', parts, { opset: 17, domains: ['com.microsoft'] }));
}

describe.each([
  ['onnxruntime-node', native],
  ['onnxruntime-web', web],
])('%s', (_, engine) => {
  test('computes every operator that a trial is written for as plain arithmetic does', async () => {
    const { wrong, right, untried } = await testEngine(everything(), engine);
    expect(wrong).toEqual([]);
    // Of later operator sets than 17.
    expect(untried).toEqual(['RMSNormalization']);
    expect(right).toHaveLength(Object.keys({ ...FLOAT_RECIPES, ...INTEGER_RECIPES }).length - 1);
  });
});

describe('the serving engine', () => {
  const files = { ...handBuilt, ...trained };
  test.each(Object.keys(files))('computes what %s uses, and no arithmetic of it is untried', async (name) => {
    const { wrong, right, untried } = await testEngine(readModel(files[name]!()), native);
    expect(wrong).toEqual([]);
    expect(right.length).toBeGreaterThan(0);
    expect(untried.filter((operator) => !STRUCTURE.has(operator))).toEqual([]);
  });
  test.each([16, 32, 64, 128, 256])('computes four bits in blocks of %d', async (block) => {
    const attributes = { K: 512n, N: 5n, bits: 4n, block_size: BigInt(block) };
    const { right } = await testEngine(oneNode('MatMulNBits', attributes), native);
    expect(right).toEqual([`MatMulNBits (4 bits, blocks of ${block})`]);
  });
  test('is not said to compute blocks of 512, which it does not take', async () => {
    const { right, untried } = await testEngine(oneNode('MatMulNBits', { bits: 4n, block_size: 512n }), native);
    expect([right, untried]).toEqual([[], ['MatMulNBits (4 bits, blocks of 512)']]);
  });
  test.each([
    ['in four bits', quantizeInt4(readModel(tinyClassifier({ features: 45 })))],
    ['in uint8', quantizeInt8(readModel(tinyClassifier({ features: 45 })))],
    ['in int8', withInt8Weights(quantizeInt8(readModel(tinyClassifier({ features: 45 }))))],
  ])('computes a model %s', async (_, model) => {
    await checkEngine(model, native);
  });
});

describe('an engine that is wrong is named', () => {
  const codes = async (model: OnnxModel, engine: Engine) => (await testEngine(model, engine)).wrong;
  const bert = readModel(handBuilt['a BERT classifier after fusion']!());

  test('whose attention gives zeros', async () => {
    const zeros = faulty(native, /Attention$/, (data) => data.fill(0));
    expect((await codes(bert, zeros)).map(({ operator }) => operator)).toEqual(['Attention']);
    await expect(checkEngine(bert, zeros)).rejects.toMatchObject({
      code: 'ENGINE_WRONG',
      message: expect.stringMatching(/ Attention wrong \(0 for -?\d/),
      details: { operators: ['Attention'] },
    });
  });
  test('that is off by a thousandth in one value', async () => {
    const off = faulty(native, /^Gemm$/, (data) => void (data[7]! += 0.001 * (1 + Math.abs(data[7]!) * 5)));
    expect((await codes(readModel(tinyClassifier()), off)).map(({ operator }) => operator)).toEqual(['Gemm']);
  });
  test('that gives too few values, or none that are numbers', async () => {
    const none = faulty(native, /^Gemm$/, (data) => data.fill(NaN));
    expect(await codes(readModel(tinyClassifier()), none)).toHaveLength(1);
  });
  test('whose int8 products saturate as on x86 without VNNI, while its uint8 products do not', async () => {
    const int8 = quantizeInt8(readModel(tinyClassifier({ features: 45 })));
    expect(await codes(int8, saturating(native))).toEqual([]);
    const [found, ...more] = await codes(withInt8Weights(int8), saturating(native));
    expect(more).toEqual([]);
    expect(found!.operator).toBe('MatMulInteger (int8)');
  });

  const untold: Engine = { open: (model) => openOrtRunner(ort, model, { executionProviders: ['cpu'] }) };
  const int8 = withInt8Weights(quantizeInt8(readModel(tinyClassifier({ features: 45 }))));
  test('or whose makers ship it so, where this CPU has no VNNI', async () => {
    const { wrong } = await testEngine(int8, untold);
    expect(wrong.map(({ operator }) => operator).filter((operator) => operator !== 'MatMulInteger (int8)')).toEqual([]);
  });
});

function oneNode(opType: string, attributes: Record<string, bigint>): OnnxModel {
  const { FLOAT } = TensorProto_DataType;
  const node = [buildNode(opType, ['x'], 'y', attributes, 'com.microsoft')];
  const parts = { node, input: [buildValue('x', FLOAT)], output: [buildValue('y', FLOAT)] };
  return readModel(buildModel('one', parts, { domains: ['com.microsoft'] }));
}
