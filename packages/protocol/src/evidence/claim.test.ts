import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUYER, COURT, HOST } from '../../test-support/receipt-fixture.ts';
import { candidateOf, packCandidates } from './candidate.ts';
import { claimCommitment, claimIdOf, disguisedUseHash, equivocationHash, unpaidUseHash } from './claim.ts';

describe('claims', () => {
  const word32 = (byte: string): Hex => `0x${byte.repeat(32)}`;

  it('pack candidates with their lengths', () => {
    expect(packCandidates(['amber', 'é'].map((text) => candidateOf(text)!))).toBe('0x05616d62657202c3a9');
    expect(packCandidates([])).toBe('0x');
  });

  it('are known by their one receipt, or by all of them in order', () => {
    const [a, b] = [word32('01'), word32('02')] as const;
    expect(claimIdOf([a])).toBe(a);
    expect(new Set([claimIdOf([a, b]), claimIdOf([b, a]), a, b]).size).toBe(4);
  });

  it('say what they accuse of', () => {
    const contents = [
      unpaidUseHash([word32('01')]),
      unpaidUseHash([word32('01'), word32('02')]),
      equivocationHash(word32('01'), word32('02')),
      equivocationHash(word32('02'), word32('01')),
      disguisedUseHash(word32('01'), 4),
      disguisedUseHash(word32('01'), 5),
    ];
    expect(new Set(contents).size).toBe(6);
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
