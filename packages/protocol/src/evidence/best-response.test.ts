import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestResponse, responses } from './best-response.ts';

const money = fc.double({ min: 0, max: 1e6, noNaN: true });
const probes = fc.integer({ min: 0, max: 200 });

describe('a best response', () => {
  it('is none or all where one unpaid use is enough, as profit is convex in the share', () => {
    fc.assert(
      fc.property(money, money, probes, (gain, loss, n) => {
        const game = { gain, loss, caught: (share: number) => 1 - (1 - share) ** n };
        const { share, profit } = bestResponse(game);
        const all = gain - (n === 0 ? 0 : loss);
        expect(profit).toBeCloseTo(Math.max(0, all, ...responses(game).map((each) => each.profit)), 6);
        expect(profit).toBeGreaterThanOrEqual(0);
        if (n <= 1 && profit > 1e-6) expect(share).toBe(1);
      }),
    );
  });

  it('lies just below what a threshold catches', () => {
    const caught = (share: number) => (share >= 0.25 ? 1 : 0);
    expect(bestResponse({ gain: 100, loss: 1_000, caught })).toEqual({ share: 0.24, caught: 0, profit: 24 });
    expect(bestResponse({ gain: 100, loss: 10, caught })).toEqual({ share: 1, caught: 1, profit: 90 });
  });

  it('is nothing where nothing is gained', () => {
    expect(bestResponse({ gain: 0, loss: 5, caught: () => 1 })).toEqual({ share: 0, caught: 0, profit: 0 });
  });
});
