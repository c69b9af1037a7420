import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUYER, COURT, HOST } from '../../test-support/receipt-fixture.ts';
import { candidateOf, packCandidates } from './candidate.ts';
import { claimCommitment, disguisedUseHash, equivocationHash, hitsHash, unpaidUseHash } from './claim.ts';

describe('claims', () => {
  const word32 = (byte: string): Hex => `0x${byte.repeat(32)}`;
  const hits = [
    { index: 0n, digest: word32('01'), keyHash: word32('02') },
    { index: 3n, digest: word32('03'), keyHash: word32('04') },
  ];

  it('pack candidates with their lengths', () => {
    expect(packCandidates(['amber', 'é'].map((text) => candidateOf(text)!))).toBe('0x05616d62657202c3a9');
    expect(packCandidates([])).toBe('0x');
  });

  it('remember every part of every hit, and their order', () => {
    expect(hitsHash([])).toBe(word32('00'));
    const [first, second] = hits as [(typeof hits)[0], (typeof hits)[0]];
    const others = [
      hits,
      [first],
      [second, first],
      [{ ...first, index: 1n }, second],
      [{ ...first, digest: word32('05') }, second],
      [first, { ...second, keyHash: word32('05') }],
    ];
    expect(new Set(others.map(hitsHash)).size).toBe(6);
  });

  it('say what they accuse of', () => {
    const contents = [
      unpaidUseHash(word32('01')),
      equivocationHash(word32('01'), word32('02')),
      equivocationHash(word32('02'), word32('01')),
      disguisedUseHash(word32('01'), 4, hits),
      disguisedUseHash(word32('01'), 5, hits),
    ];
    expect(new Set(contents).size).toBe(5);
  });

  it('are committed by one sender, for one court and chain', () => {
    const claim = {
      chainId: 31_337,
      court: COURT,
      claimant: BUYER.address,
      contentsHash: word32('01'),
      salt: word32('02'),
    };
    const others = [
      claim,
      { ...claim, chainId: 1 },
      { ...claim, court: HOST.address },
      { ...claim, claimant: HOST.address },
      { ...claim, contentsHash: word32('03') },
      { ...claim, salt: word32('03') },
    ];
    expect(new Set(others.map(claimCommitment)).size).toBe(6);
  });
});
