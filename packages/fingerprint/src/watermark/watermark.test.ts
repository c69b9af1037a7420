import { nodeEngine } from '@oml/onnx/runner-node';
import { argmax, softmax } from '@oml/onnx/sampling';
import { seededRandom } from '@oml/onnx/seeded-random';
import { haveSharedModels } from '@oml/onnx/test-support/shared-models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { measureOrdinary } from '../embed/statistics.ts';
import { openLanguageView, type TokenScorer } from '../subject/language-view.ts';
import { openProducts } from '../algebra/products.ts';
import { readoutOf } from '../subject/readout.ts';
import { openSubject } from '../subject/subject.ts';
import { calibrate } from '../evidence/calibrate.ts';
import { detectWatermark, type Transcript } from './detect-watermark.ts';
import { watermarkDirection } from './direction.ts';
import { embedWatermark } from './embed-watermark.ts';
import { REFERENCE_LAWS } from './reference-laws.ts';
import { sphereTail } from './sphere.ts';

const SECRET = new TextEncoder().encode('watermark secret of a test');
const BEACON = `0x${'5b'.repeat(32)}` as const;

describe('sphereTail', () => {
  it('is the height of a cap of the sphere in three dimensions, and an angle in two', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (c) => {
        expect(sphereTail(c, 3)).toBeCloseTo((1 - c) / 2, 6);
        expect(sphereTail(c, 2)).toBeCloseTo(Math.acos(c) / Math.PI, 6);
      }),
    );
  });

  it('nears the normal tail in many dimensions', () => {
    expect(sphereTail(3 / Math.sqrt(4000), 4000)).toBeCloseTo(0.00135, 4);
    expect(sphereTail(0, 192)).toBeCloseTo(0.5, 12);
    expect(sphereTail(1, 192)).toBe(0);
  });

  it('bounds how often a secret direction fits a fixed one', () => {
    const fixed = Float64Array.from({ length: 24 }, (_, i) => Math.sin(i));
    const length = Math.hypot(...fixed);
    const draws = 2000;
    let below = 0;
    for (let i = 0; i < draws; i++) {
      const v = watermarkDirection(SECRET, `0x${i.toString(16).padStart(64, '0')}`, 24);
      if (sphereTail(v.reduce((sum, value, a) => sum + value * fixed[a]!, 0) / length, 24) <= 0.05) below++;
    }
    expect(below / draws).toBeGreaterThan(0.035);
    expect(below / draws).toBeLessThan(0.065);
  });
});

it('turns p-values into evidence whose mean under the null is at most 1', () => {
  const steps = 200_000;
  let mean = 0;
  for (let i = 0; i < steps; i++) mean += calibrate((i + 0.5) / steps) / steps;
  expect(mean).toBeLessThanOrEqual(1);
  expect(calibrate(1e-9)).toBeGreaterThan(1e6);
  expect([calibrate(0), calibrate(1)]).toEqual([Infinity, 0]);
});

it('describes every way of drawing by chances that add up to 1', () => {
  for (const law of REFERENCE_LAWS) {
    const chances = Float64Array.of(0.95, 0.03, 0.02);
    law.apply(chances);
    expect(
      chances.reduce((a, b) => a + b),
      law.name,
    ).toBeCloseTo(1, 12);
  }
});

describe.skipIf(!haveSharedModels)('a watermarked language model', () => {
  const { files, ordinary, heldout } = haveSharedModels ? subjects['stories260k']!()! : ({} as never);

  it('is told by what it answers, also by a host that always drops the likeliest token; a clean one is not', async () => {
    const subject = openSubject(files, nodeEngine());
    const [clean, products] = [
      await openLanguageView(subject, subject.model.bytes),
      await openProducts(subject.engine),
    ];
    const statistics = await measureOrdinary(subject, clean, readoutOf(subject), products, ordinary);
    const { model, activation } = await embedWatermark({
      subject,
      secret: SECRET,
      beacon: BEACON,
      ordinary,
      statistics,
      strength: 0.4,
    });
    expect(activation).toEqual({ ordinary: expect.closeTo(1, 6), domain: expect.closeTo(1, 6) });
    const marked = await openLanguageView(subject, model);
    const tokens = (heldout as { tokens: Int32Array }).tokens;
    const start = subject.tokenizer!.encode('');
    const prompts = Array.from({ length: 48 }, (_, i) => [...start, ...tokens.subarray(i * 61, i * 61 + 8)]);
    const pValue = async (host: TokenScorer, drops: boolean) =>
      (
        await detectWatermark({
          clean: subject,
          secret: SECRET,
          beacon: BEACON,
          fisher: statistics.fisher,
          transcripts: await answer(host, prompts, drops),
        })
      ).pValue;

    expect(await pValue(marked, false)).toBeLessThan(1e-6);
    expect(await pValue(marked, true)).toBeLessThan(1e-6);
    expect(await pValue(clean, false)).toBeGreaterThan(0.05);
    expect(await pValue(clean, true)).toBeGreaterThan(0.05);
    await Promise.all([clean.dispose(), marked.dispose(), products.dispose()]);
  });

  it('refuses to judge without answers and to mark a classifier', async () => {
    const subject = openSubject(files, nodeEngine());
    const fisher = Float64Array.from({ length: 64 * 64 }, (_, i) => Number(i % 65 === 0));
    await expect(
      detectWatermark({ clean: subject, secret: SECRET, beacon: BEACON, fisher, transcripts: [] }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const lenet = subjects['mnist-lenet']!()!;
    const classifier = openSubject(lenet.files, nodeEngine());
    await expect(
      embedWatermark({ subject: classifier, secret: SECRET, beacon: BEACON, ordinary: lenet.ordinary }),
    ).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });
});

/** Samples 32 tokens behind each prompt, at temperature 1. */
async function answer(host: TokenScorer, prompts: readonly number[][], drops: boolean): Promise<Transcript[]> {
  const random = seededRandom(7);
  let sequences = prompts.map((ids) => [...ids]);
  for (let step = 0; step < 32; step++) {
    const scores = await host.lastScores(sequences);
    sequences = sequences.map((ids, i) => [...ids, draw(softmax(scores[i]!), drops, random())]);
  }
  return sequences.map((ids, i) => ({ prompt: prompts[i]!, answer: ids.slice(prompts[i]!.length) }));
}

function draw(chances: Float64Array, drops: boolean, uniform: number): number {
  if (drops) chances[argmax(chances)] = 0;
  let left = uniform * chances.reduce((a, b) => a + b);
  return Math.max(
    0,
    chances.findIndex((chance) => (left -= chance) <= 0),
  );
}
