import { describe, expect, it } from 'vitest';
import { initialTerms, readPublishTerms } from './publish-terms.ts';

const typed = { ...initialTerms('language'), name: 'fable' };

describe('readPublishTerms', () => {
  it('turns dollars into smallest units and percentages into basis points', () =>
    expect(readPublishTerms({ ...typed, price: '0.002', ownerShare: '12.5' })).toMatchObject({
      read: { terms: { floorPrice: '2000', minBond: '50000000', ownerShareBps: 1250, slashBps: 3000 } },
    }));

  it('takes a price that looks like a slip only with a word on it, which the order carries', () => {
    const slip = { ...typed, price: '2000' };
    expect(readPublishTerms(slip)).toMatchObject({ problems: { price: expect.stringContaining('would be $0.002') } });
    expect(readPublishTerms({ ...slip, anyPrice: true })).toMatchObject({ read: { anyPrice: true } });
    const usual = readPublishTerms({ ...typed, anyPrice: true });
    expect('read' in usual && 'anyPrice' in usual.read).toBe(false);
  });

  it.each([
    ['price', '0'],
    ['price', '1e3'],
    ['minBond', '-5'],
    ['ownerShare', '101'],
    ['slash', '0'],
    ['bits', '7'],
    ['common', '0'],
    ['name', '  '],
  ] as const)('refuses %s = "%s" and says where', (field, value) => {
    const result = readPublishTerms({ ...typed, [field]: value });
    expect('problems' in result && result.problems[field]).toBeTruthy();
  });
});
