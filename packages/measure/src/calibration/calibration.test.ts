import { readModelAt } from '@oml/onnx/file/node-files';
import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shiftedImages } from '../../test-support/shifted-items.ts';
import { measure } from '../measure.ts';
import { classifierTarget, type ClassifierTarget } from '../target/classifier-target.ts';
import { calibration } from './calibration.ts';
import { ace, ece, mce, piece } from './calibration-errors.ts';
import type { ConfidenceRows } from './confidence-rows.ts';
import { fitTemperature } from './fit-temperature.ts';
import { corrected, correctedRows, fitBinMeanShift, fitDensityRatio } from './post-processor.ts';
import { proximities, proximityScale } from './proximity.ts';

const rowsOf = (
  rows: readonly (readonly [confidence: number, correct: number, proximity: number])[],
): ConfidenceRows => ({
  confidence: Float64Array.from(rows, ([p]) => p),
  correct: Uint8Array.from(rows, ([, correct]) => correct),
  proximity: Float64Array.from(rows, ([, , near]) => near),
});
const repeat = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));

/** A model that is too sure of far items and not sure enough of near ones, by a known amount. */
function biased(count: number, seed: number): ConfidenceRows {
  const random = seededRandom(seed);
  return rowsOf(
    repeat(count, () => {
      const [p, near] = [0.5 + 0.4 * random(), random()];
      const truth = Math.min(1, Math.max(0, p + 0.3 * (near - 0.5)));
      return [p, Number(random() < truth), near] as const;
    }),
  );
}

const brier = ({ confidence, correct }: ConfidenceRows): number =>
  confidence.reduce((sum, p, row) => sum + (p - correct[row]!) ** 2, 0) / confidence.length;

describe('calibration errors', () => {
  // Bins of a half: .2 .4 (one right) → |.5 − .3|; .6 .8 .9 (all right) → |1 − .7667|.
  const five = rowsOf([
    [0.2, 0, 0.1],
    [0.4, 1, 0.9],
    [0.6, 1, 0.2],
    [0.8, 1, 0.3],
    [0.9, 1, 0.8],
  ]);

  it('are those of five rows worked out by hand', () => {
    expect(ece(five, 2)).toBeCloseTo((2 / 5) * 0.2 + (3 / 5) * (0.7 / 3), 12);
    expect(mce(five, 2)).toBeCloseTo(0.7 / 3, 12);
    expect(ace(five, 2)).toBeCloseTo((2 / 5) * 0.2 + (3 / 5) * (0.7 / 3), 12);
    // Far: .2 wrong | .6 .8 right; near: .4 right | .9 right, cut at the median proximity of .3, which is near.
    expect(piece(five, 2, 2)).toBeCloseTo((0.2 + 0.4 + 0.6 + 2 * 0.15) / 5, 12);
  });

  it('that cancel between near and far items show in PIECE alone, which is never less than ECE', () => {
    const even = rowsOf(
      repeat(100, (i) => [0.5, Number(i < 50 ? i % 10 < 8 : i % 10 < 2), i < 50 ? 0.9 : 0.1] as const),
    );
    expect([ece(even, 10), piece(even, 10, 2)]).toEqual([expect.closeTo(0, 9), expect.closeTo(0.3, 9)]);
    for (let seed = 0; seed < 20; seed++) {
      const rows = biased(200, seed);
      expect(piece(rows, 10, 4)).toBeGreaterThanOrEqual(ece(rows, 10) - 1e-12);
    }
  });
});

describe('proximity', () => {
  it('is exp of the mean distance to the nearest, measured in the reference’s own', () => {
    const reference = { data: Float32Array.of(0, 1, 3, 7), size: 1 };
    // Mean distance to the two nearest others: 2, 1.5, 2.5, 5: their median (upper) is 2.5.
    const scale = proximityScale(reference, 2);
    expect(scale.unit).toBeCloseTo(2.5, 9);
    expect([...proximities(scale, { data: Float32Array.of(0.5, 20), size: 1 })]).toEqual([
      expect.closeTo(Math.exp(-0.5 / 2.5), 9),
      expect.closeTo(Math.exp(-15 / 2.5), 9),
    ]);
    expect(proximities(scale, reference, { isReference: true })[1]).toBeCloseTo(Math.exp(-1.5 / 2.5), 9);
  });
});

describe('post-processors', () => {
  it('shift each bin to its truth, and the Brier score of what they were fitted to never rises', () => {
    for (const lambda of [0.25, 0.5, 1])
      for (let seed = 0; seed < 10; seed++) {
        const rows = biased(300, seed);
        const after = correctedRows(fitBinMeanShift(rows, 5, 3, lambda), rows);
        expect(brier(after), `λ ${lambda}, seed ${seed}`).toBeLessThanOrEqual(brier(rows) + 1e-12);
      }
  });

  it('lower PIECE on rows that they have not seen, both variants of ProCal', () => {
    const [fit, test] = [biased(4_000, 1), biased(4_000, 2)];
    const before = piece(test, 10, 5);
    for (const processor of [fitBinMeanShift(fit, 10, 5, 1), fitDensityRatio(fit)])
      expect(piece(correctedRows(processor, test), 10, 5), processor.kind).toBeLessThan(before / 1.5);
  });

  it('come back out of JSON as they were', () => {
    const rows = biased(300, 3);
    for (const processor of [fitBinMeanShift(rows, 5, 3, 1), fitDensityRatio(rows)]) {
      const again = JSON.parse(JSON.stringify(processor)) as typeof processor;
      expect(corrected(again, 0.7, 0.2)).toBe(corrected(processor, 0.7, 0.2));
    }
  });

  it('need wrong answers to learn from', () => {
    expect(() => fitDensityRatio(rowsOf(repeat(60, () => [0.9, 1, 0.5] as const)))).toThrow('too few to calibrate by');
  });

  it('find the temperature that scores were multiplied with', () => {
    const random = seededRandom(4);
    const labels = new Uint8Array(4_000);
    const logits = new Float32Array(8_000);
    for (let row = 0; row < 4_000; row++) {
      const z = 4 * random() - 2;
      labels[row] = Number(random() < 1 / (1 + Math.exp(-z)));
      logits[2 * row + 1] = 3 * z;
    }
    expect(fitTemperature(logits, labels, 2)).toBeGreaterThan(2.7);
    expect(fitTemperature(logits, labels, 2)).toBeLessThan(3.3);
  });
});

describe('calibration of digits', () => {
  const folder = new URL('../../../../models/digits/', import.meta.url).pathname;
  const [pixels, labels] = ['heldout.u8', 'heldout.labels.u8'].map(
    (name) => new Uint8Array(readFileSync(folder + name)),
  );
  const shifted = shiftedImages(pixels!, 28, { most: 7, noise: 160, seed: 1 });
  const data = new Map([
    ['heldout.u8', shifted.subarray(0, 500 * 784)],
    ['heldout.labels.u8', labels!.subarray(0, 500)],
    ['test.u8', shifted.subarray(500 * 784)],
    ['test.labels.u8', labels!.subarray(500)],
  ]);
  const occasion = {
    release: `0x${'ab'.repeat(32)}`,
    target: 'file',
    dataName: 'x',
    command: 'x',
    measuredAt: 0,
  } as const;
  let target: ClassifierTarget;
  beforeAll(async () => void (target = await classifierTarget(await readModelAt(folder), nodeEngine())));
  afterAll(() => target?.close());

  it('on images of a worse camera: PIECE falls with each correction', async () => {
    const { measurement, product } = await measure(calibration, { target, data, settings: {} }, occasion);
    const value = (name: string) => measurement.figures.find((figure) => figure.name === name)!.value;
    expect(value('accuracy')).toBeLessThan(0.95);
    for (const after of ['temperature', 'bin-mean-shift', 'density-ratio'])
      expect(value(`piece after ${after}`), after).toBeLessThan(value('piece'));
    expect(measurement.plots.map(({ title }) => title)).toEqual(['Reliability', 'Proximity']);
    expect(product).toMatchObject({ temperature: { kind: 'temperature' }, binMeanShift: { kind: 'bin-mean-shift' } });
  });

  it.each<[string, [string, Uint8Array], string]>([
    ['a label that the model does not have', ['test.labels.u8', new Uint8Array(500).fill(11)], 'names class 11'],
    ['images that are cut off', ['test.u8', new Uint8Array(100)], '500 labels of 784 values'],
    ['a scale of zero', ['scale.json', new TextEncoder().encode('{"mean":0,"std":0}')], 'scale.json holds'],
  ])('refuses %s', async (_, change, why) => {
    const odd = new Map([...data, change]);
    await expect(measure(calibration, { target, data: odd, settings: {} }, occasion)).rejects.toThrow(why);
  });
});
