import { describe, expect, it } from 'vitest';
import { keyBudget } from './key-budget.ts';
import { poseidonRoot } from './poseidon-root.ts';
import { holdsKey, isPublicKey, makeKeyFilter, refusePublicKeys } from './public-keys.ts';
import type { Leaf } from '@oml/protocol/evidence/code-book';
import { poseidon2Hash } from '@zkpassport/poseidon2';

describe('isPublicKey', () => {
  it('knows keys that were shipped with other schemes, in any case and spacing', () => {
    expect(PUBLISHED.map((key) => isPublicKey(`  ${key.toUpperCase()}\n`))).toEqual(PUBLISHED.map(() => true));
  });

  it('takes few others for published', () => {
    const others = Array.from({ length: 20_000 }, (_, i) => `a fresh and secret key number ${i}`);
    expect(others.filter(isPublicKey).length).toBeLessThan(40);
  });

  it('refuses a code book that holds one, also by the caller’s own list', () => {
    expect(() => refusePublicKeys(['a fresh key', PUBLISHED[0]!])).toThrow(/1 of 2 keys are published/);
    expect(() => refusePublicKeys(['a fresh key'], ['A  Fresh KEY'])).toThrow(/published/);
    expect(() => refusePublicKeys(['a fresh key'])).not.toThrow();
  });

  it('never misses a key that a filter was made from', () => {
    const keys = Array.from({ length: 500 }, (_, i) => `key ${i}`);
    const filter = makeKeyFilter(keys, 12);
    expect(keys.every((key) => holdsKey(filter, key))).toBe(true);
  });
});

describe('keyBudget', () => {
  it('counts the checks that are left', () => {
    expect(keyBudget({ keys: 64, spent: 0, bits: 4, survival: 0.98 })).toEqual({
      living: 64,
      spent: 0,
      keysPerCheck: 6,
      checksLeft: 10,
      isLow: false,
    });
  });

  it('warns when a fifth is left, or no whole check', () => {
    expect(keyBudget({ keys: 100, spent: 80, bits: 4, survival: 0.9 }).isLow).toBe(false);
    expect(keyBudget({ keys: 100, spent: 81, bits: 4, survival: 0.9 }).isLow).toBe(true);
    expect(keyBudget({ keys: 8, spent: 0, bits: 4, survival: 0.05 })).toMatchObject({ checksLeft: 0, isLow: true });
    expect(() => keyBudget({ keys: 8, spent: 9, bits: 4, survival: 1 })).toThrow(RangeError);
  });
});

describe('poseidonRoot', () => {
  const leaf = (index: number): Leaf => ({
    index,
    keyHash: `0x${'11'.repeat(32)}`,
    candidates: [`0x61${'00'.repeat(31)}`, `0x62${'00'.repeat(31)}`],
    bits: 1,
    salt: `0x${'22'.repeat(32)}`,
  });

  it('hashes as the published parameters do', () => {
    // Poseidon2 over BN254 with t = 4, the permutation of Barretenberg and Noir.
    expect(poseidon2Hash([1n, 2n])).toBe(0x038682aa1cb5ae4e0a3f13da432a95c77c5c111f6f030faf9cad641ce1ed7383n);
  });

  it('changes with every leaf and its place, and has room for more', () => {
    const roots = [[leaf(0)], [leaf(1)], [leaf(0), leaf(1)], [leaf(1), leaf(0)], []].map(poseidonRoot);
    expect(new Set(roots).size).toBe(5);
    for (const root of roots) expect(root).toMatch(/^0x[0-9a-f]{64}$/);
  });
});

const PUBLISHED = [
  'Turner has been a key figure in art history since the late 18th century. Joseph Mallord William Turner (1775-1851) was',
  'It was as quiet as a night can be, at this lonely hours of mid',
];
