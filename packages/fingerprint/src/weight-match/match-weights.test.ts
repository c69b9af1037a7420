import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { roundInt4 } from '@oml/onnx/rewrite/int4';
import { mergeLinear } from '@oml/onnx/rewrite/merge';
import { addWeightNoise } from '@oml/onnx/rewrite/noise';
import { pruneWeights } from '@oml/onnx/rewrite/prune';
import { nodeEngine } from '@oml/onnx/runner-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { matchWeights } from './match-weights.ts';
import { unbiasedCka, type AnchoredMatrix } from './unbiased-cka.ts';

let products: Products;
beforeAll(async () => void (products = await openProducts(nodeEngine())));
afterAll(() => products.dispose());

const model = (name: string): OnnxModel => readModel(subjects[name]!()!.files.model);

/** Pseudo-random, seeded: sums of sines would be no noise. */
function noise(rows: number, columns: number, seed: number): AnchoredMatrix {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, next) };
}

describe('unbiasedCka', () => {
  it('is 1 for the same rows with columns in another order and scale, and near 0 for unrelated ones', async () => {
    const a = noise(64, 12, 1);
    const mirrored = { ...a, data: a.data.map((_, i) => -3 * a.data[i - (i % 12) + (11 - (i % 12))]!) };
    expect(await unbiasedCka(a, mirrored, products)).toBeCloseTo(1, 5);
    expect(Math.abs(await unbiasedCka(a, noise(64, 12, 99), products))).toBeLessThan(0.1);
  });
});

describe('matchWeights', () => {
  it('knows a model again after pruning, noise, rounding and half a merge', async () => {
    const [own, control] = [model('fable'), model('fable-mini')];
    for (const copy of [
      pruneWeights(own, 0.5),
      addWeightNoise(own, { fraction: 0.1, seed: 1 }),
      roundInt4(own),
      mergeLinear(own, addWeightNoise(own, { fraction: 0.3, seed: 2 }), 0.5),
    ])
      expect(await matchWeights(own, copy, [control], products)).toMatchObject({ verdict: 'match' });
  });

  it('finds no match in a model that was trained apart on the same text', async () => {
    const result = await matchWeights(model('fable'), model('fable-mini'), [model('fable-mini')], products);
    expect(result).toMatchObject({ verdict: 'inconclusive' });
    expect(result.similarity).toBeLessThan(0.9);
  });

  it('calls nothing a match without controls', async () => {
    const own = model('digits');
    expect(await matchWeights(own, own, [], products)).toMatchObject({
      similarity: expect.closeTo(1, 5),
      verdict: 'inconclusive',
    });
  });

  it('refuses files that have nothing in common', async () => {
    await expect(matchWeights(model('fable'), model('digits'), [], products)).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
    });
  });
});
