import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { keccak256, toHex, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { standsUnder } from './merkle-proof.ts';

const digests: Hex[] = [1, 2, 3, 4, 5].map((n) => keccak256(toHex(n)));
const tree = anchorTree(digests);
const leafOf = (digest: Hex) => keccak256(keccak256(digest));

describe('standsUnder', () => {
  it('agrees with the tree that the verifier anchors', () => {
    for (const digest of digests)
      expect(standsUnder(tree.root as Hex, leafOf(digest), anchorProof(tree, digest))).toBe(true);
  });
  it('refuses a digest that is not in the tree', () =>
    expect(standsUnder(tree.root as Hex, leafOf(keccak256('0x99')), anchorProof(tree, digests[0]!))).toBe(false));
  it('refuses the proof of another leaf', () =>
    expect(standsUnder(tree.root as Hex, leafOf(digests[1]!), anchorProof(tree, digests[0]!))).toBe(false));
});
