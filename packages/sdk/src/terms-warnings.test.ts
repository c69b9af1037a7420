import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gasProfileOf, termsWarnings, type TermsWarningCode, type WarnedTerms } from './terms-warnings.ts';

const DOLLAR = 1_000_000n;
const rates = {
  protocolFeeBps: 250,
  poolBps: 250,
  claimantShareBps: 2_000,
  ownerShareBps: 2_000,
  minAccountBond: 50n * DOLLAR,
  codeBookFee: DOLLAR,
};
const usual: WarnedTerms = { price: 1_000n, bond: 50n * DOLLAR, slashBps: 3_000, ownerShareBps: 7_000 };
const l2 = { profile: 'l2' } as const;

const terms = fc.record({
  price: fc.bigInt({ min: 1n, max: DOLLAR }),
  bond: fc.bigInt({ min: 0n, max: 10_000n * DOLLAR }),
  slashBps: fc.integer({ min: 1, max: 5_000 }),
  ownerShareBps: fc.integer({ min: 1, max: 10_000 }),
});
const options = fc.record({
  profile: fc.constantFrom('l2' as const, 'mainnet' as const),
  usesPerWeek: fc.bigInt({ min: 1n, max: 10n ** 7n }),
  titleBond: fc.constant(0n),
});

describe('the warnings of terms', () => {
  const codes = (asked: WarnedTerms, given = rates, how: Parameters<typeof termsWarnings>[2] = l2) =>
    termsWarnings(asked, given, how).map(({ code }) => code);

  it('are none at the usual terms of a layer 2', () => expect(codes(usual)).toEqual([]));

  it.each<[TermsWarningCode, 'bond' | 'minAccountBond', 'below' | 'above']>([
    ['nobody-inspects', 'bond', 'below'],
    ['unpaid-pays', 'bond', 'below'],
    ['disguise-pays', 'minAccountBond', 'below'],
    ['planting-pays', 'bond', 'above'],
  ])('tell %s exactly where the %s is %s the break-even', (code, which, side) => {
    fc.assert(
      fc.property(terms, options, (asked, how) => {
        const told = (amount: bigint) =>
          termsWarnings(
            which === 'bond' ? { ...asked, bond: amount } : asked,
            which === 'minAccountBond' ? { ...rates, minAccountBond: amount } : rates,
            how,
          ).find((warning) => warning.code === code);
        const { breakEven } = told(side === 'below' ? 0n : 10n ** 15n)!;
        expect(told(breakEven!) === undefined).toBe(side === 'below');
        expect(told(breakEven! - 1n) === undefined).toBe(side === 'above');
      }),
    );
  });

  it('name the bonds of the protocol below which nobody inspects, and none where the pool pays', () => {
    const cheap = { ...usual, bond: 1n };
    const least = (profile: 'l2' | 'mainnet', slashBps: number) =>
      Number(termsWarnings({ ...cheap, slashBps }, rates, { profile })[0]!.breakEven! / DOLLAR);
    expect(least('l2', 3_000)).toBe(19);
    expect(least('mainnet', 5_000)).toBe(3_908);
    expect(codes(cheap, rates, { ...l2, poolPay: DOLLAR / 10n })).not.toContain('nobody-inspects');
  });

  it('say so where a claimant gets nothing, and where all of a slash may go to friends', () => {
    expect(codes(usual, { ...rates, claimantShareBps: 0 })).toEqual(['nobody-inspects']);
    const friends = termsWarnings(usual, { ...rates, claimantShareBps: 5_000, ownerShareBps: 5_000 }, l2);
    expect(friends.map(({ code, breakEven }) => [code, breakEven])).toEqual([
      ['unpaid-pays', undefined],
      ['disguise-pays', undefined],
    ]);
  });

  it('leave planted fingerprints to a title bond that covers the slash', () => {
    expect(codes(usual, rates, { ...l2, titleBond: 15n * DOLLAR })).toEqual([]);
    expect(codes(usual, rates, { ...l2, titleBond: 15n * DOLLAR - 1n })).toEqual(['planting-pays']);
  });

  it('reckon with dear gas on Ethereum alone', () =>
    expect([1, 10, 31_337].map(gasProfileOf)).toEqual(['mainnet', 'l2', 'l2']));
});
