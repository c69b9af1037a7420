import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { economicsAddress, fromNotch, KNOBS, readSetting, toNotch } from './economics-query.ts';
import { owedShares, reckonDisguised, reckonUnpaid } from './reckon.ts';

const RATES = { protocolFeeBps: 250, poolBps: 250, claimantShareBps: 2_000, ownerShareBps: 2_000, codeBookFee: 1n };
const USUAL = readSetting({});

describe('the address of a setting', () => {
  it('is read back as the same setting, whatever was set', () => {
    const values = Object.fromEntries(
      KNOBS.map((knob) => [knob.name, fc.double({ min: 0, max: 1, noNaN: true }).map((at) => fromNotch(knob, at))]),
    );
    fc.assert(
      fc.property(fc.record(values), (setting) => {
        const address = economicsAddress(setting as unknown as typeof USUAL);
        const params = Object.fromEntries(new URL(address, 'http://x').searchParams);
        expect(readSetting(params)).toEqual(setting);
      }),
    );
  });

  it('is as usual for whatever is no number, and within bounds for whatever is one', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...KNOBS.map(({ name }) => name)), fc.string()), (params) => {
        const setting = readSetting(params);
        for (const { name, least, most } of KNOBS) {
          expect(setting[name]).toBeGreaterThanOrEqual(least);
          expect(setting[name]).toBeLessThanOrEqual(most);
        }
      }),
    );
    expect(readSetting({ bond: ['1e9', '7'], price: '-1', probes: '999999999', hidden: '0' })).toEqual({
      ...USUAL,
      probes: 256,
      hidden: 1,
    });
    expect(economicsAddress(USUAL)).toBe('/economics');
  });

  it('moves a slider to where its value stands', () => {
    for (const knob of KNOBS) {
      expect(toNotch(knob, knob.least)).toBe(0);
      expect(toNotch(knob, knob.most)).toBe(1);
      expect(fromNotch(knob, 0)).toBe(knob.least);
      expect(fromNotch(knob, 1)).toBe(knob.most);
    }
  });
});

describe('what hiding brings', () => {
  it('is nothing any more at the bond that is told to deter it', () => {
    for (const reckon of [reckonUnpaid, reckonDisguised]) {
      const { bond, profit } = reckon(USUAL, RATES);
      expect(profit).toBeLessThan(0);
      const at = reckon({ ...USUAL, bond: Number(bond) / 1e6 }, RATES);
      expect(at.profit).toBeCloseTo(0, 4);
    }
  });

  it('of the best response falls with the bond, and is what the curve shows', () => {
    for (const reckon of [reckonUnpaid, reckonDisguised]) {
      const { best, curve, overBond } = reckon({ ...USUAL, price: 0.02 }, RATES);
      expect(best.profit).toBe(Math.max(...curve.map(({ profit }) => profit)));
      for (let i = 1; i < overBond.length; i++)
        expect(overBond[i]!.profit).toBeLessThanOrEqual(overBond[i - 1]!.profit);
    }
  });

  it('is the owner’s share where the use is disguised, and all that is owed where it is unpaid', () => {
    const owed = owedShares(USUAL, RATES);
    expect(owed.owner).toBeCloseTo(0.665);
    expect(owed.all).toBeCloseTo(0.715);
    expect(reckonUnpaid(USUAL, RATES).gain).toBeCloseTo(10 * owed.all);
    expect(reckonDisguised(USUAL, RATES).gain).toBeCloseTo(10 * owed.owner);
  });

  it('is caught by no batch too short to reach the score', () => {
    expect(reckonDisguised({ ...USUAL, probes: 11 }, RATES)).toMatchObject({ caught: 0, bond: undefined });
    expect(reckonDisguised({ ...USUAL, probes: 11 }, RATES).best.share).toBe(1);
  });
});
