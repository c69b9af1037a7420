import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { mergeLinear } from '@oml/onnx/rewrite/merge';
import { addWeightNoise } from '@oml/onnx/rewrite/noise';
import { mapWeights } from '@oml/onnx/rewrite/weights';
import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { cachedLlamaModel, rotaryLlamaModel } from '@oml/onnx/test-support/architectures/llama';
import { gptModel } from '@oml/onnx/test-support/architectures/gpt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { secretRandom } from '../code-book/secret.ts';
import { cutWindows } from '../subject/language-view.ts';
import { measureHarm } from '../subject/measure.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { openSubject, type Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { nearestRotation } from '../align/rotation.ts';
import { alignedMergeAttack, disguise, mergeAligned } from './aligned-merge.ts';
import { matchNeurons, randomOrders, reordered } from './aligned-merge-neurons.ts';
import { foldModel, unfoldModel } from './aligned-merge-weights.ts';
import type { SurvivalPoint } from './specimen.ts';

const random = () => secretRandom(new TextEncoder().encode('aligned merge secret of a test'), 'test');
const { files, ordinary, ...data } = subjects['fable-mini']!()!;
const heldout = { tokens: (data.heldout as { tokens: Int32Array }).tokens.subarray(0, 2500) };
const engine = nodeEngine({ threads: 1 });
const subject: Subject = openSubject(files, engine);
let products: Products;
beforeAll(async () => void (products = await openProducts(engine)));
afterAll(() => products.dispose());

async function harm(model: OnnxModel) {
  const [original, other] = [await openView(subject), await openView(subject, model.bytes)];
  const { kl, loss } = await measureHarm(subject, original, other, heldout);
  await Promise.all([original.dispose(), other.dispose()]);
  return { kl, loss };
}

const merge = (second: OnnxModel, share = 0.5) =>
  mergeAligned({
    first: subject.model,
    second,
    share,
    windows: cutWindows(subject, Int32Array.from(ordinary), 2048),
    engine,
    products,
  });

describe('an aligned merge', () => {
  it('starts from a model whose gains and tied head are folded, and which computes the same', async () => {
    const folded = foldModel(subject.model);
    expect(folded.mlps.map(({ inner }) => inner.length)).toEqual([2]);
    expect((await harm(unfoldModel(folded))).kl).toBeLessThan(1e-6);
  });

  it('knows the neurons of a copy again, whatever their order', async () => {
    const folded = foldModel(subject.model);
    const orders = randomOrders(folded, random());
    const [found] = await matchNeurons(reordered(folded, orders), folded, products);
    expect(found!.map((at) => orders[0]![at])).toEqual([...found!.keys()]);
  });

  it('finds the way back from a disguise that plain merging breaks on', async () => {
    const disguised = await disguise(unfoldModel(foldModel(subject.model)), random(), products);
    expect((await harm(disguised)).kl).toBeLessThan(1e-5);
    expect((await harm(mergeLinear(unfoldModel(foldModel(subject.model)), disguised, 0.5))).loss).toBeGreaterThan(0.5);
    expect((await harm(await merge(disguised))).loss).toBeLessThan(0.005);
  });

  it('finds it from a drifted copy too, and cannot find one from a stranger', async () => {
    const drifted = await disguise(addWeightNoise(subject.model, { fraction: 0.05, seed: 3 }), random(), products);
    expect((await harm(await merge(drifted))).loss).toBeLessThan(0.02);
    const uniform = seededRandom(4);
    const stranger = mapWeights(subject.model, (values) => values.map(() => (uniform() - 0.5) * 0.2));
    expect((await harm(await merge(stranger))).loss).toBeGreaterThan(0.5);
  });

  it('refuses models of other sizes and other kinds', async () => {
    await expect(merge(readModel(rotaryLlamaModel()))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(merge(readModel(gptModel()))).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
    expect(foldModel(readModel(cachedLlamaModel())).mlps).toHaveLength(2);
  });
});

it('finds the nearest rotation of a stretched one', async () => {
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
  const rotation = await nearestRotation(Float32Array.of(5 * c, -5 * s, 5 * s, 5 * c), 2, products);
  [c, -s, s, c].forEach((value, i) => expect(rotation[i]).toBeCloseTo(value, 5));
});

it('is an attack with a curve for each partner, whose cost is that of the same merge without marks', async () => {
  const uniform = seededRandom(5);
  const stranger = mapWeights(subject.model, (values) => values.map(() => (uniform() - 0.5) * 0.2));
  const specimen = {
    name: 'clean',
    clean: subject,
    marked: subject.model,
    prompts: [],
    candidates: [],
    outcomes: [],
    stranger,
    ordinary,
    heldout,
  };
  expect(alignedMergeAttack.fits(specimen)).toBe(true);
  const points: SurvivalPoint[] = [];
  for await (const point of alignedMergeAttack.points(specimen)) points.push(point);
  expect(points.map(({ label }) => label)).toEqual(
    ['clean, in another basis', 'a drifted copy, in another basis', 'a stranger of the same sizes'].flatMap(
      (partner) => [`30 % ${partner}`, `50 % ${partner}`],
    ),
  );
  expect(Math.max(...points.slice(0, 4).map(({ cost }) => cost!))).toBeLessThan(0.03);
  expect(Math.min(...points.slice(4).map(({ cost }) => cost!))).toBeGreaterThan(0.05);
});
