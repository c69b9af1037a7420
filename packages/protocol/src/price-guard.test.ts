import { describe, expect, it } from 'vitest';
import { priceFault, termsPriceFault } from './price-guard.ts';

const beside = { price: 2_000n, is: 'that it asks now' };

describe('a price that is more likely a slip than a decision', () => {
  it('is none, below the floor, or far from the one before, up or down', () => {
    expect(priceFault({ price: 0n, beside })).toBe('it asks nothing');
    expect(priceFault({ price: 1_999n, floor: 2_000n, beside })).toContain('below the $0.002');
    expect(priceFault({ price: 20_001n, beside })).toBe('$0.020001 is 10 times the $0.002 that it asks now');
    expect(priceFault({ price: 199n, beside })).toBe('$0.000199 is 10 times less than the $0.002 that it asks now');
  });

  it('is in other decimals, and is told as what was meant', () => {
    expect(priceFault({ price: 2_000n * 10n ** 6n, beside })).toMatch(/^\$2000\.00 is 1000000 times .* be \$0\.002$/);
    const dear = { price: 2_000_000n, is: 'that it asks now' };
    expect(priceFault({ price: 2n, beside: dear })).toMatch(/would be \$2\.00$/);
  });

  it('is not one within the bound, or where nothing was asked before', () => {
    for (const price of [200n, 2_000n, 20_000n]) expect(priceFault({ price, floor: 200n, beside })).toBeUndefined();
    expect(priceFault({ price: 40_000n, beside, mostTimes: 20n })).toBeUndefined();
    expect(priceFault({ price: 5n })).toBeUndefined();
    expect(priceFault({ price: 5n, beside: { ...beside, price: 0n } })).toBeUndefined();
  });
});

describe('the prices of new terms', () => {
  it('are held against what is usual, and rights against what no right costs', () => {
    expect(termsPriceFault({ floorPrice: 1n })).toBeUndefined();
    expect(termsPriceFault({ floorPrice: 1_000_000n, derive: { price: 10n ** 11n } })).toBeUndefined();
    expect(termsPriceFault({ floorPrice: 2_000_000_000n })).toEqual({
      price: 'floorPrice',
      why: expect.stringMatching(/^\$2000\.00 is 2000000 times .*would be \$0\.002$/),
    });
    expect(termsPriceFault({ floorPrice: 1_000n, private: { price: 10n ** 11n + 1n } })?.price).toBe('private');
  });
});
