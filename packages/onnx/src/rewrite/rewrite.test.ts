import { describe, expect, test } from 'vitest';
import { distance, outputs } from '../../test-support/outputs.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { readModel, type OnnxModel } from '../file/model-file.ts';
import { readFloats } from '../file/tensor.ts';
import type { Tensor } from '../run/runner.ts';
import { addWeightNoise } from './noise.ts';
import { quantizeInt4, roundInt4 } from './int4.ts';
import { quantizeInt8 } from './int8.ts';
import { mergeLinear, mergeSlerp } from './merge.ts';
import { pruneWeights } from './prune.ts';
import { roundWeights, storeWeights } from './round.ts';

const language = readModel(tinyLanguageModel());
const classifier = readModel(tinyClassifier());
const tokens: Record<string, Tensor> = {
  input_ids: { dtype: 'int64', dims: [1, 16], data: BigInt64Array.from({ length: 16 }, (_, i) => BigInt(3 + 7 * i)) },
};
const image: Record<string, Tensor> = {
  image: { dtype: 'float32', dims: [1, 1, 14, 14], data: Float32Array.from({ length: 196 }, (_, i) => Math.sin(i)) },
};

const values = (model: OnnxModel, name: string): Float32Array =>
  readFloats(model.graph.initializer.find((tensor) => tensor.name === name)!);
const opTypes = (model: OnnxModel): string[] => model.graph.node.map((node) => node.opType);
describe.each(['float16', 'bfloat16'] as const)('%s', (format) => {
  test('stored weights give exactly the outputs of rounded ones, from a file half the size', async () => {
    const [rounded, stored] = [roundWeights(language, format), storeWeights(language, format)];
    expect(await outputs(stored, tokens)).toEqual(await outputs(rounded, tokens));
    expect(stored.bytes.length).toBeLessThan(0.6 * rounded.bytes.length);
    expect(distance(values(language, 'down'), values(rounded, 'down'))).toBeLessThan(
      format === 'float16' ? 4e-4 : 3e-3,
    );
  });
  test('rounding twice changes nothing more', () =>
    expect(roundWeights(roundWeights(language, format), format).bytes).toEqual(roundWeights(language, format).bytes));
});

describe('int8', () => {
  test.each(['tensor', 'column'] as const)('is a real integer graph, one scale per %s', async (granularity) => {
    for (const [model, feeds] of [
      [language, tokens],
      [classifier, image],
    ] as const) {
      const small = quantizeInt8(model, { granularity });
      expect(opTypes(small)).toContain('MatMulInteger');
      expect(opTypes(small).filter((op) => op === 'MatMul' || op === 'Gemm')).toEqual([]);
      const error = distance(await outputs(model, feeds), await outputs(small, feeds));
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(0.1);
    }
  });
  test('one scale per column is the gentler one where columns differ in size', async () => {
    const uneven = structuredClone(values(language, 'down')).map((value, i) => value * (i % 16 === 0 ? 20 : 1));
    const model = mergeLinear(withTensor(language, 'down', uneven), withTensor(language, 'down', uneven), 1);
    const exact = await outputs(model, tokens);
    const [whole, columns] = [
      await outputs(quantizeInt8(model), tokens),
      await outputs(quantizeInt8(model, { granularity: 'column' }), tokens),
    ];
    expect(distance(exact, columns)).toBeLessThan(distance(exact, whole));
  });
});

describe('int4', () => {
  test.each([
    ['a language model', language, tokens],
    ['a classifier with Gemm, bias and odd sizes', readModel(tinyClassifier({ features: 45 })), image],
  ] as const)('the packed graph of %s gives the outputs of the rounded one', async (_, model, feeds) => {
    const packed = quantizeInt4(model);
    expect(opTypes(packed)).toContain('MatMulNBits');
    const [rounded, real] = [await outputs(roundInt4(model), feeds), await outputs(packed, feeds)];
    expect(distance(rounded, real)).toBeLessThan(1e-5);
    expect(distance(await outputs(model, feeds), rounded)).toBeGreaterThan(1e-3);
  });
  test('sixteen levels at most stand in a block', () => {
    const block = values(roundInt4(language), 'down')
      .filter((_, i) => i % 16 === 3)
      .slice(0, 32);
    expect(new Set(block).size).toBeLessThanOrEqual(16);
    expect(new Set(values(language, 'down').slice(0, 32)).size).toBe(32);
  });
});

describe('pruning', () => {
  test.each([0, 0.2, 0.5, 1])('%f of each matrix falls to zero, the smallest first', (fraction) => {
    const [before, after] = [values(language, 'up'), values(pruneWeights(language, fraction), 'up')];
    const fallen = before.filter((_, i) => after[i] === 0).map(Math.abs);
    expect(fallen.length).toBe(Math.round(fraction * before.length));
    const kept = before.filter((_, i) => after[i] !== 0).map(Math.abs);
    if (fallen.length > 0 && kept.length > 0) expect(Math.max(...fallen)).toBeLessThanOrEqual(Math.min(...kept));
  });
  test('ties fall only as far as the fraction goes', () => {
    const flat = withTensor(language, 'up', values(language, 'up').fill(1));
    expect(values(pruneWeights(flat, 0.25), 'up').filter((value) => value === 0).length).toBe(256);
  });
  test('norms and biases stay', () =>
    expect(values(pruneWeights(language, 0.9), 'gain')).toEqual(values(language, 'gain')));
  test('a fraction outside 0 to 1 is refused', () =>
    expect(() => pruneWeights(language, 1.1)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' })));
});

describe('noise', () => {
  test('has the asked size, and follows from the seed', () => {
    const noisy = addWeightNoise(language, { fraction: 0.1, seed: 5 });
    const error = distance(values(language, 'embedding'), values(noisy, 'embedding'));
    expect(error).toBeGreaterThan(0.09);
    expect(error).toBeLessThan(0.11);
    expect(addWeightNoise(language, { fraction: 0.1, seed: 5 }).bytes).toEqual(noisy.bytes);
    expect(addWeightNoise(language, { fraction: 0.1, seed: 6 }).bytes).not.toEqual(noisy.bytes);
  });
});

describe('merging', () => {
  const other = readModel(tinyLanguageModel({ seed: 2 }));
  test.each([mergeLinear, mergeSlerp])('%o gives either model at the ends', (merge) => {
    expect(distance(values(merge(language, other, 1), 'up'), values(language, 'up'))).toBeLessThan(1e-6);
    expect(distance(values(merge(language, other, 0), 'up'), values(other, 'up'))).toBeLessThan(1e-6);
  });
  test('linear is the average', () => {
    const half = values(mergeLinear(language, other, 0.5), 'gain');
    half.forEach((value, i) =>
      expect(value).toBeCloseTo((values(language, 'gain')[i]! + values(other, 'gain')[i]!) / 2, 6),
    );
  });
  test('spherical keeps the length that the average loses', () => {
    const length = (model: OnnxModel) => Math.hypot(...values(model, 'down'));
    expect(length(mergeSlerp(language, other, 0.5))).toBeGreaterThan(0.95 * Math.min(length(language), length(other)));
    expect(length(mergeLinear(language, other, 0.5))).toBeLessThan(0.8 * Math.min(length(language), length(other)));
  });
  test('near copies merge alike by both', () => {
    const copy = addWeightNoise(language, { fraction: 0.01, seed: 1 });
    expect(
      distance(values(mergeSlerp(language, copy, 0.3), 'down'), values(mergeLinear(language, copy, 0.3), 'down')),
    ).toBeLessThan(1e-4);
  });
  test('models of other shapes are refused', () =>
    expect(() => mergeLinear(language, readModel(tinyLanguageModel({ inner: 32 })), 0.5)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    ));
});

function withTensor(model: OnnxModel, name: string, floats: Float32Array): OnnxModel {
  const copy = readModel(model.bytes.slice());
  const tensor = copy.graph.initializer.find((t) => t.name === name)!;
  tensor.rawData = new Uint8Array(floats.slice().buffer);
  return copy;
}
