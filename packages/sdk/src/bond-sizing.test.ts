import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caughtDisguisedUse, caughtUnpaidUse, sufficientBond } from './bond-sizing.ts';

const share = fc.integer({ min: 1, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const bps = fc.integer({ min: 1, max: 10_000 });

describe('a sufficient bond', () => {
  it('is the smallest that makes hiding unprofitable', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        share,
        share,
        share,
        bps,
        bps,
        (revenue, hiddenShare, feeShare, caught, slashBps, burnedBps) => {
          const bond = sufficientBond({ revenue, hiddenShare, feeShare, caught, slashBps, burnedBps })!;
          // Everything in thousandths and basis points, so that both sides are exact.
          const gain =
            revenue * BigInt(Math.round(hiddenShare * 1_000)) * BigInt(Math.round(feeShare * 1_000)) * 10n ** 8n;
          const loss = (held: bigint) =>
            held * BigInt(Math.round(caught * 1_000)) * BigInt(slashBps) * BigInt(burnedBps) * 1_000n;
          expect(loss(bond)).toBeGreaterThanOrEqual(gain);
          expect(loss(bond - 1n)).toBeLessThan(gain);
        },
      ),
    );
  });

  it('does not exist where nothing is caught or nothing burned', () => {
    const sizing = { revenue: 1_000n, hiddenShare: 0.5, feeShare: 0.3, caught: 0.9, slashBps: 5_000, burnedBps: 6_000 };
    expect(sufficientBond({ ...sizing, caught: 0 })).toBeUndefined();
    expect(sufficientBond({ ...sizing, burnedBps: 0 })).toBeUndefined();
    expect(sufficientBond({ ...sizing, hiddenShare: 0 })).toBe(0n);
    expect(sufficientBond(sizing)).toBe(556n); // 150 / (0.9 · 0.5 · 0.6)
  });
});

describe('the chance to be caught', () => {
  it('for unpaid use follows 1 − (1 − α)^n', () => {
    expect(caughtUnpaidUse(0.1, 1)).toBeCloseTo(0.1);
    expect(caughtUnpaidUse(0.1, 22)).toBeCloseTo(0.9015, 4);
    expect(caughtUnpaidUse(0, 1_000)).toBe(0);
  });

  it('of a host that always answers comes after threshold / (bits − 1) items', () => {
    expect(caughtDisguisedUse({ hitChance: 1, bits: 5, threshold: 32, items: 7 })).toBe(0);
    expect(caughtDisguisedUse({ hitChance: 1, bits: 5, threshold: 32, items: 8 })).toBe(1);
  });
});
