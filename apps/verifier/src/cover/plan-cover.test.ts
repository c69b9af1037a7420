import { describe, expect, it } from 'vitest';
import { planCalls } from '../payers/plan.ts';
import { affordableCalls, planCover, roundBudget } from './plan-cover.ts';

const DAY_MS = 86_400_000;
const wishes = { calls: 4, price: 2_000n, mostPayers: Infinity, spreadMs: 60_000 };

describe('the plan of a day', () => {
  it('is the same whenever it is made, and known by its seed alone', () => {
    const [morning, evening] = [20_000 * DAY_MS + 5, 20_000 * DAY_MS + DAY_MS - 1];
    expect(planCover('a seed', morning)).toEqual(planCover('a seed', evening));
    expect(planCover('a seed', morning)).not.toEqual(planCover('another seed', morning));
    expect(planCover('a seed', morning)).not.toEqual(planCover('a seed', evening + 1));
  });

  it('spreads a few rounds over its hours, each under an id of its own', () => {
    const days = Array.from({ length: 400 }, (_, day) => planCover('a seed', day * DAY_MS));
    const rounds = days.flat();
    expect(new Set(rounds.map(({ id }) => id)).size).toBe(8 * 400);
    const hours = Map.groupBy(rounds, ({ at }) => Math.floor((at % DAY_MS) / 3_600_000));
    expect(hours.size).toBe(24);
    // 133 of each on average, give or take 11.
    for (const of of hours.values()) expect(Math.abs(of.length - 133)).toBeLessThan(50);
    for (const [day, own] of days.entries())
      for (const { at, place } of own) {
        expect(Math.floor(at / DAY_MS)).toBe(day);
        expect(place).toBeLessThan(1);
      }
  });
});

describe('the calls of a round', () => {
  it('are as many as their payers can be funded for', () => {
    for (let n = 0; n < 200; n++) {
      const budget = BigInt(n) * 500n;
      const calls = affordableCalls(`round ${n}`, wishes, budget);
      const { hops } = planCalls(`round ${n}`, { ...wishes, calls: Math.max(1, calls) });
      const cost = hops.reduce((sum, { amount }) => sum + amount, 0n);
      if (calls > 0) expect(cost).toBeLessThanOrEqual(budget);
      else expect(cost).toBeGreaterThan(budget);
    }
    expect(affordableCalls('a round', wishes, 10n ** 9n)).toBe(4);
    expect(affordableCalls('a round', wishes, roundBudget(0n))).toBe(0);
  });
});
