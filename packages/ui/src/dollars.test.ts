import { describe, expect, it } from 'vitest';
import { dollars, parseDollars } from './dollars.ts';

describe('dollars', () => {
  it.each([
    [0n, '$0.00'],
    [1n, '$0.000001'],
    [1500n, '$0.0015'],
    [1_000_000n, '$1.00'],
    [1_234_500_000n, '$1,234.50'],
    [123_456_789_000_001n, '$123,456,789.000001'],
    [-250_000n, '−$0.25'],
  ])('writes %s exactly', (amount, text) => expect(dollars(amount)).toBe(text));

  it.each([
    ['1', 1_000_000n],
    ['0.0015', 1500n],
    ['$1,234.50', 1_234_500_000n],
    [' 12.000001 ', 12_000_001n],
  ])('reads %s', (text, amount) => expect(parseDollars(text)).toBe(amount));

  it.each(['', 'abc', '1.0000001', '-1', '1e6', '0x10', '1.', '.5'])('refuses "%s"', (text) =>
    expect(parseDollars(text)).toBeUndefined(),
  );
});
