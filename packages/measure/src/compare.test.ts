import { describe, expect, it } from 'vitest';
import { compareMeasurements } from './compare.ts';
import { bootstrap, shareFigure, spreadFigure } from './interval.ts';

const said = { figures: [{ name: 'ece', value: 0.02, low: 0.01, high: 0.03 }] };
const found = (value: number, name = 'ece') => ({ figures: [{ name, value, low: value, high: value }] });

describe('a measurement and the next one', () => {
  it.each([
    [0.02, 'equal'],
    [0.02 + 1e-9, 'equal'],
    [0.01, 'within'],
    [0.0299, 'within'],
    [0.0311, 'outside'],
  ])('that found %s is %s', (value, verdict) => {
    expect(compareMeasurements(said, found(value)).verdict).toBe(verdict);
  });

  it('is outside where it found something else, or more', () => {
    expect(compareMeasurements(said, found(0.02, 'mce')).verdict).toBe('outside');
    const more = { figures: [...found(0.02).figures, ...found(1, 'mce').figures] };
    expect(compareMeasurements(said, more).verdict).toBe('outside');
  });
});

describe('intervals', () => {
  it('of a mean by drawing again hold nineteen of twenty of what theory says', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 20) / 19);
    const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    const { value, low, high } = bootstrap('mean', 400, mean, { draws: 1_000, seed: 1 });
    const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - value) ** 2, 0) / 400 / 400);
    expect(value - low).toBeCloseTo(1.96 * deviation, 2);
    expect(high - value).toBeCloseTo(1.96 * deviation, 2);
  });

  it('of a share are Wilson’s, and of repetitions Student’s', () => {
    expect(shareFigure('hits', 8, 10)).toMatchObject({
      value: 0.8,
      low: expect.closeTo(0.4902, 3),
      high: expect.closeTo(0.9433, 3),
    });
    expect(shareFigure('hits', 0, 10).low).toBe(0);
    expect(spreadFigure('a', 2, [1, 2, 3])).toMatchObject({ low: expect.closeTo(2 - 4.303, 3) });
    expect(spreadFigure('a', 0.9, [0.8, 1], [0, 1]).high).toBe(1);
  });
});
