import { describe, expect, it } from 'vitest';
import { caip2, chainIdOf } from './network.ts';

describe('networks', () => {
  it('networks are CAIP-2', () => {
    expect(chainIdOf(caip2(31_337))).toBe(31_337);
    expect(() => chainIdOf('solana:1')).toThrow('not an EVM network');
  });
});
