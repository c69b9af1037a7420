import fc from 'fast-check';
import { zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { ceilingOf, costOf, meteredSchema, meteredToJson, priceVersion, type Metered, type Price } from './price.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 9n });
const metered: fc.Arbitrary<Metered> = fc
  .record({
    least: fc.bigInt({ min: 1n, max: 100n }),
    perCall: amount,
    perMillionInputTokens: amount,
    perMillionOutputTokens: amount,
    perSecond: fc.oneof(fc.constant(0n), amount),
  })
  .filter(({ least: _, ...rates }) => Object.values(rates).some((rate) => rate > 0n));
const price: fc.Arbitrary<Price> = fc.record({ price: fc.bigInt({ min: 100n, max: 10n ** 9n }), metered });
const used = fc.record({ inputTokens: fc.nat(100_000), outputTokens: fc.nat(4_096), ms: fc.nat(600_000) });
const NONE = { least: 0n, perCall: 0n, perMillionInputTokens: 0n, perMillionOutputTokens: 0n, perSecond: 0n };
const of = (rates: Partial<Metered>, most = 1_000_000n): Price => ({ price: most, metered: { ...NONE, ...rates } });

describe('a price', () => {
  it('is the sum of what was used, rounded up', () => {
    const call = { inputTokens: 1_000, outputTokens: 120, ms: 1_500 };
    expect(costOf(of({ perCall: 7n }), call)).toBe(7n);
    expect(costOf(of({ perMillionInputTokens: 150_000n }), call)).toBe(150n);
    expect(costOf(of({ perMillionOutputTokens: 600_000n }), call)).toBe(72n);
    expect(costOf(of({ perSecond: 3n }), call)).toBe(5n);
    expect(costOf(of({ perMillionOutputTokens: 1n }), call)).toBe(1n);
    expect(costOf({ price: 1_500n }, call)).toBe(1_500n);
  });

  it('never leaves its bounds, nor what was quoted for as much input and at least as much output', () => {
    fc.assert(
      fc.property(price, used, fc.nat(1_000), (given, call, more) => {
        const cost = costOf(given, call);
        const quoted = ceilingOf(given, { ...call, outputTokens: call.outputTokens + more });
        expect(cost).toBeGreaterThanOrEqual(given.metered!.least);
        expect(cost).toBeLessThanOrEqual(quoted);
        expect(quoted).toBeLessThanOrEqual(given.price);
      }),
    );
  });

  it('comes back from JSON, and has a version of its own', () => {
    fc.assert(
      fc.property(price, price, (one, other) => {
        expect(meteredSchema.parse(meteredToJson(one.metered!))).toEqual(one.metered);
        const same = JSON.stringify(meteredToJson(one.metered!)) === JSON.stringify(meteredToJson(other.metered!));
        const isSame = same && one.price === other.price;
        expect(priceVersion(one, zeroAddress) === priceVersion(other, zeroAddress)).toBe(isSame);
      }),
    );
    expect(meteredSchema.safeParse({}).success).toBe(false);
    expect(meteredSchema.safeParse({ perToken: '1' }).success).toBe(false);
  });
});
