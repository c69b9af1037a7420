import { describe, expect, it } from 'vitest';
import { formatDollars } from './money.ts';

describe('money', () => {
  it('formats dollars exactly, without floats', () => {
    expect(formatDollars(1_500n)).toBe('0.0015');
    expect(formatDollars(12_000_000n)).toBe('12.00');
    expect(formatDollars(-1n)).toBe('-0.000001');
    expect(formatDollars(9_007_199_254_740_993_000_001n)).toBe('9007199254740993.000001');
  });
});
