import { keccak, useKeccak } from '@oml/protocol/keccak';
import fc from 'fast-check';
import { keccak256 } from 'viem';
import { afterEach, expect, test } from 'vitest';
import { fastKeccak } from './keccak.ts';

afterEach(() => useKeccak(keccak256));

test('hashes to what viem hashes to, whatever the bytes', () => {
  const isSame = (bytes: Uint8Array) => {
    for (const some of [bytes, bytes.subarray(1)]) expect(fastKeccak(some)).toBe(keccak256(some));
  };
  const examples = [135, 136, 137, 0].map((size): [Uint8Array<ArrayBuffer>] => [new Uint8Array(size)]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), isSame), { examples });
});

test('is what the protocol hashes with, once it is told', () => {
  const seen: Uint8Array[] = [];
  useKeccak((bytes) => {
    seen.push(bytes);
    return fastKeccak(bytes);
  });
  const bytes = Uint8Array.of(1, 2, 3);
  expect(keccak(bytes)).toBe(keccak256(bytes));
  expect(seen).toEqual([bytes]);
});
