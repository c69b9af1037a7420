import { describe, expect, it } from 'vitest';
import { checkSizes, keysPerEdition } from './capacity.ts';

/** A matrix of 256 inputs: 16 keys do no harm, 64 are the most. */
const model = { site: { keySize: 256 } } as Parameters<typeof checkSizes>[0];

describe('the sizes of a book', () => {
  it('count what an edition holds, not what the book has', () => {
    expect(keysPerEdition({ commonCount: 24, tracingCount: 64, holdChance: 0.35 })).toBe(47);
  });

  it('that fit say nothing, that are tight are told, that cannot be are refused with what can', () => {
    const sizes = { tracingCount: 0, holdChance: 0.35 };
    expect(checkSizes(model, { ...sizes, commonCount: 16 })).toBeUndefined();
    expect(checkSizes(model, { ...sizes, commonCount: 17 })).toMatch(
      /would hold 17 keys.* up to 16 do .* no visible harm/,
    );
    expect(checkSizes(model, { ...sizes, commonCount: 64 })).toMatch(/EDIT_INFEASIBLE/);
    expect(() => checkSizes(model, { ...sizes, commonCount: 65 })).toThrow(
      expect.objectContaining({
        code: 'CODE_BOOK_TOO_SMALL',
        message: expect.stringMatching(/room for 64, and for 16/),
      }),
    );
  });
});
