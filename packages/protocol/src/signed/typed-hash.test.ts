import fc from 'fast-check';
import { getAddress, hashTypedData, toHex, type Hex } from 'viem';
import { expect, test } from 'vitest';
import { typedHasher } from './typed-hash.ts';

const MEMBERS = [
  { name: 'who', type: 'address' },
  { name: 'what', type: 'bytes32' },
  { name: 'much', type: 'uint256' },
  { name: 'less', type: 'uint128' },
  { name: 'delay', type: 'uint40' },
] as const;
const hasher = typedHasher('Thing', MEMBERS);
const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map((given): Hex => toHex(given));
const address = bytes(20).map((given) => getAddress(given));
const message = fc.record({
  who: address,
  what: bytes(32),
  much: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  less: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  delay: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
});
const domain = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  version: fc.string(),
  chainId: fc.integer({ min: 1 }),
  verifyingContract: address,
});

test('a digest is that of viem, whatever the domain and the message', () => {
  fc.assert(
    fc.property(domain, message, (at, said) => {
      const typed = { domain: at, types: { Thing: MEMBERS }, primaryType: 'Thing', message: said } as const;
      expect(hasher(at, said)).toBe(hashTypedData(typed));
    }),
  );
});

test('refuses what does not fit its type', () => {
  const at = { name: 'n', version: '1', chainId: 1, verifyingContract: getAddress(`0x${'a'.repeat(40)}`) };
  const good = { who: at.verifyingContract, what: `0x${'1'.repeat(64)}`, much: 1n, less: 1n, delay: 1 };
  for (const bad of [{ less: 2n ** 128n }, { much: -1n }, { delay: 2 ** 40 }, { what: '0x11' }, { who: '0x11' }])
    expect(() => hasher(at, { ...good, ...bad })).toThrow();
});
