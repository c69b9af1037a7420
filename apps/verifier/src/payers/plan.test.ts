import { describe, expect, it } from 'vitest';
import { planCalls, type Wishes } from './plan.ts';

const wishes: Wishes = { calls: 64, price: 2_000n, mostPayers: Infinity, spreadMs: 1_200_000 };
const plans = Array.from({ length: 40 }, (_, n) => planCalls(`seed ${n}`, wishes));

describe('a plan of paid calls', () => {
  it('is the same for one seed, and another for another', () => {
    expect(planCalls('seed 0', wishes)).toEqual(plans[0]);
    expect(plans[1]).not.toEqual(plans[0]);
  });

  it('gives every call a payer that can pay for all of its calls, after it was funded by a hop that can', () => {
    for (const { hops, payers, calls } of plans) {
      expect(calls).toHaveLength(wishes.calls);
      payers.forEach(({ amount, hop, fundedAt }, seat) => {
        const own = calls.filter(({ payer }) => payer === seat);
        expect(own.length).toBeGreaterThan(0);
        expect(amount).toBeGreaterThanOrEqual(wishes.price * BigInt(own.length));
        expect(fundedAt).toBeGreaterThanOrEqual(hops[hop]!.fundedAt);
        expect(fundedAt).toBeLessThanOrEqual(wishes.spreadMs);
      });
      hops.forEach(({ amount }, at) => {
        const passed = payers.filter(({ hop }) => hop === at).map((payer) => payer.amount);
        expect(amount).toBe(passed.reduce((sum, one) => sum + one, 0n));
      });
    }
  });

  it('asks within its time and never two at once, so that no tie is broken by what a call is', () => {
    for (const { calls } of plans) {
      const times = calls.map(({ at }) => at);
      expect(new Set(times).size).toBe(calls.length);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...times)).toBeLessThanOrEqual(wishes.spreadMs);
    }
  });

  it('puts neither the first nor the last calls, which are probes and decoys, before the others', () => {
    const rank = (first: number, last: number) => {
      const all = plans.flatMap(({ calls }) => calls.slice(first, last).map(({ at }) => at));
      return all.reduce((sum, at) => sum + at, 0) / all.length / wishes.spreadMs;
    };
    // 1,280 times each, of deviation 0.29: six of the mean's.
    expect(Math.abs(rank(0, 32) - rank(32, 64))).toBeLessThan(0.07);
  });

  it('makes do with fewer payers where more would be too dear', () => {
    for (const mostPayers of [1, 2, 9]) {
      const { payers, calls } = planCalls('a dear chain', { ...wishes, mostPayers });
      expect(payers).toHaveLength(mostPayers);
      expect(new Set(calls.map(({ payer }) => payer)).size).toBe(mostPayers);
    }
  });

  it('pays by single payments and out of channels, both', () => {
    for (const { payers } of plans)
      expect(new Set(payers.map(({ byChannel }) => byChannel))).toEqual(new Set([true, false]));
  });

  it('of one call has one payer and one hop', () => {
    const { hops, payers, calls } = planCalls('small', { ...wishes, calls: 1, spreadMs: 0 });
    expect([hops.length, payers.length, calls.length]).toEqual([1, 1, 1]);
    expect(calls[0]).toEqual({ payer: 0, at: 0 });
  });
});
