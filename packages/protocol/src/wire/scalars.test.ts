import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, bytes32, hex, uint } from './scalars.ts';

describe('scalars', () => {
  it('read amounts exactly, and nothing that is not a plain decimal of 256 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (n) => void expect(uint.parse(String(n))).toBe(n)),
    );
    for (const bad of ['', '-1', '01', '1.0', '1e3', '0x1', ' 1', String(2n ** 256n), 1, 1n, null])
      expect(uint.safeParse(bad).success).toBe(false);
  });

  it('give addresses one spelling and hashes lower case', () => {
    const lower = '0x8ba1f109551bd432803012645ac136ddd64dba72';
    expect(address.parse(lower)).toBe(address.parse(`0x${lower.slice(2).toUpperCase()}`));
    expect(bytes32.parse(`0x${'AB'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`);
    for (const bad of ['0x12', lower.slice(2), `${lower}00`, 7]) expect(address.safeParse(bad).success).toBe(false);
    for (const bad of ['0x1', '0xzz', '12', null]) expect(hex.safeParse(bad).success).toBe(false);
  });
});
