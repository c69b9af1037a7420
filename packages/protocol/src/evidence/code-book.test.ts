import fc from 'fast-check';
import { keccak256, stringToBytes, zeroHash, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { answerIndex } from './answer.ts';
import { keyIndexAt } from './batch.ts';
import { candidateOf } from './candidate.ts';
import { codeBookTree, leafHash, leafProof, type Leaf } from './code-book.ts';
import { queryHash } from './query.ts';

const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`);

describe('code book', () => {
  const leaf = (index: number): Leaf => ({
    index,
    keyHash: queryHash({ prompt: `key ${index}`, temperature: 0 }),
    candidates: ['ant', 'bee', 'cat', 'dog'].map((text) => candidateOf(text)!),
    bits: 2,
    salt: keccak256(stringToBytes(`salt ${index}`)),
  });

  it('proves every leaf under its root', () => {
    const leaves = Array.from({ length: 9 }, (_, i) => leaf(i));
    const tree = codeBookTree(leaves);
    for (const [i, values] of tree.entries()) {
      expect(tree.leafHash(values)).toBe(leafHash(leaves[i]!));
      expect(tree.verify(values, leafProof(tree, i))).toBe(true);
    }
  });

  it('refuses a leaf out of place, with too many bits, or with the wrong number of candidates', () => {
    expect(() => codeBookTree([leaf(1)])).toThrow('carries index 1');
    expect(() => codeBookTree([{ ...leaf(0), bits: 7 }])).toThrow('7 bits');
    expect(() => codeBookTree([{ ...leaf(0), bits: 3 }])).toThrow('8 sorted');
  });

  it('spreads answers evenly over the candidates', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4_000; i++)
      counts[answerIndex({ root: zeroHash, beacon: keccak256(stringToBytes(`b${i}`)) }, leaf(0))]! += 1;
    for (const count of counts) expect(count).toBeGreaterThan(850);
  });

  it('draws every key inside the book, and none twice before all were drawn', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 300 }), (beacon, batch, size) => {
        const drawn = new Set(Array.from({ length: size }, (_, i) => keyIndexAt(beacon, batch, i, size)));
        expect(drawn.size).toBe(size);
        expect(Math.max(...drawn)).toBe(size - 1);
      }),
    );
  });
});
