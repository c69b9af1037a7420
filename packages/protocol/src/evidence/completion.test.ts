import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { completionOfTexts } from './completion.ts';
import { headOf } from './head.ts';

it('is the one text as it is, and of several the canonical list', () => {
  expect(completionOfTexts([' a fox'])).toBe(' a fox');
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 8 }), (texts) => {
      expect(completionOfTexts(texts)).toBe(canonicalize(texts));
    }),
  );
});

it('of several differs from that of each in its head, whatever they say', () => {
  expect(headOf(completionOfTexts(['fox', 'fox']))).not.toBe(headOf('fox'));
});
