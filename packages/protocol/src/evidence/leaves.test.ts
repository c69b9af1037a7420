import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keccak256, toHex, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { anchorProof, anchorTree } from './anchor.ts';
import { pairsTree } from './batch.ts';
import { anchorLeaf, codeBookLeaf, pairLeaf, rootFrom, standsUnder } from './leaves.ts';

/** What the Solidity tests are held to as well. */
const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../contracts/test/vectors.json'), 'utf8'),
) as Record<'anchor' | 'batch' | 'codeBook', Record<string, string> & { proof: Hex[] }>;
const hex = (text: string | undefined) => text as Hex;

describe('leaves', () => {
  it('of an anchor, a pair and a key stand under the roots that Solidity knows', () => {
    const { anchor, batch, codeBook } = vectors;
    expect(rootFrom(anchorLeaf(hex(anchor['digest'])), anchor.proof)).toBe(anchor['root']);
    const pair = pairLeaf(BigInt(batch['index']!), hex(batch['client']), hex(batch['requestNonce']));
    expect(standsUnder(hex(batch['pairsRoot']), pair, batch.proof)).toBe(true);
    const key = codeBookLeaf({
      index: BigInt(codeBook['index']!),
      keyHash: hex(codeBook['keyHash']),
      candidatesHash: hex(codeBook['candidatesHash']),
      bits: Number(codeBook['bits']),
      salt: hex(codeBook['salt']),
    });
    expect(key).toBe(codeBook['leafHash']);
    expect(standsUnder(hex(codeBook['root']), key, codeBook.proof)).toBe(true);
  });

  it('stand under the root of any tree, and others do not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
        const digests = Array.from({ length: size }, (_, i) => keccak256(toHex(seed + i)));
        const tree = anchorTree(digests);
        const root = tree.root as Hex;
        const digest = digests[seed % size]!;
        const proof = anchorProof(tree, digest);
        expect(standsUnder(root, anchorLeaf(digest), proof)).toBe(true);
        expect(standsUnder(root, anchorLeaf(keccak256('0x99')), proof)).toBe(false);
        if (size > 1) expect(standsUnder(root, anchorLeaf(digests[(seed + 1) % size]!), proof)).toBe(false);
      }),
    );
  });

  it('are found whatever the case in which hex is written', () => {
    const client = '0x00000000000000000000000000000000000bd7e4' as Hex;
    const tree = pairsTree([0, 1, 2].map((i) => ({ client, requestNonce: keccak256(toHex(i)) })));
    const upper = (text: string) => `0x${text.slice(2).toUpperCase()}` as Hex;
    const leaf = pairLeaf(1n, client, keccak256(toHex(1)));
    expect(standsUnder(upper(tree.root), upper(leaf), tree.getProof(1).map(upper))).toBe(true);
  });
});
