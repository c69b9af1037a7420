import { describe, expect, it } from 'vitest';
import { planInWords, publicationPlan } from './publication-plan.ts';

const terms = { floorPrice: 1_000n, minBond: 50_000_000n, ownerShareBps: 5_000, slashBps: 5_000 };
const rates = { protocolFeeBps: 100, poolBps: 100, claimantShareBps: 2_000, ownerShareBps: 2_000 };
const big = {
  profile: 'hardened' as const,
  survival: 0.9,
  codeBook: { commonSize: 64, bits: 6 },
  tracingCount: 256,
  terms,
  rates,
};

describe('the plan of a publication', () => {
  it('names fewer leakers with fewer tracing keys, and fewer where two join', () => {
    const { editions } = publicationPlan(big);
    expect(editions.one).toBeGreaterThan(editions.two);
    expect(editions.two).toBeGreaterThan(1);
    expect(publicationPlan({ ...big, tracingCount: 128 }).editions.one).toBeLessThanOrEqual(editions.one);
    expect(publicationPlan({ ...big, tracingCount: 0 }).editions).toEqual({ one: 0, two: 0 });
  });

  it('tells the share that is caught of what survives, and the bond at which hiding loses', () => {
    const { catches, leastBond, survival } = publicationPlan(big);
    expect(catches!.share).toBeCloseTo(catches!.hitChance / survival);
    // All of 10,000 uses of 1,000: 0.98 · 0.5 of 10 dollars are owed, 0.5 · 0.6 of the bond is lost for good.
    expect(leastBond).toBe('16333334');
    expect(planInWords(publicationPlan(big)).join('\n')).toMatch(/the terms ask for 50\.\s*$|the terms ask for 50/);
    const poor = publicationPlan({ ...big, terms: { ...terms, minBond: 1_000_000n } });
    expect(planInWords(poor).at(-1)).toContain('too little');
  });

  it('promises nothing where a host that adapts leaves nothing', () => {
    const nothing = publicationPlan({ ...big, survival: 0 });
    expect(planInWords(nothing)[0]).toMatch(/^Profile hardened: .* leaves 0 % of the keys/);
    expect(nothing).toMatchObject({ survival: 0, editions: { one: 0, two: 0 }, catches: null, leastBond: null });
    expect(planInWords(nothing)[2]).toMatch(/^Catches no host .* leaves no key in its answers/);
  });

  it('says where a book catches nobody', () => {
    const small = publicationPlan({ ...big, codeBook: { commonSize: 11, bits: 6 } });
    expect(small).toMatchObject({ catches: null, leastBond: null });
    expect(planInWords(small)[2]).toMatch(/^Catches no host .* take more common keys/);
  });
});
