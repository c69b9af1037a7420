import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidateOf,
  compareCandidates,
  isCandidateList,
  isPrefixOf,
  packCandidates,
  unpackCandidates,
} from './candidate.ts';
import { headMatches, headOf } from './head.ts';

describe('heads and candidates', () => {
  it('a head drops leading ASCII white space and no other', () => {
    expect(headMatches(headOf(' \t\n forest of'), candidateOf('forest')!)).toBe(true);
    expect(headMatches(headOf('\u00a0forest'), candidateOf('forest')!)).toBe(false);
  });

  it('a head is 32 bytes of UTF-8, cut where it must be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(headOf(text)).toMatch(/^0x[0-9a-f]{64}$/);
      }),
    );
  });

  it('every candidate stands at the start of its own completion', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 10 }), fc.string(), (answer, rest) => {
        const candidate = candidateOf(answer);
        fc.pre(candidate !== undefined && !/^[\t\n\v\f\r ]/.test(answer));
        expect(headMatches(headOf(` ${answer}${rest}`), candidate!)).toBe(true);
      }),
    );
  });

  it('at most one candidate of a list can match any head', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2, maxLength: 16 }),
        fc.stringMatching(/^[a-z]{0,12}$/),
        (words, completion) => {
          const list = words.map((text) => candidateOf(text)!).sort(compareCandidates);
          fc.pre(isCandidateList(list));
          expect(list.filter((candidate) => headMatches(headOf(completion), candidate)).length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('refuses lists that are unsorted, repeated, or hold a prefix of another', () => {
    const list = (...words: string[]) => words.map((text) => candidateOf(text)!);
    expect(isCandidateList(list('fox', 'owl'))).toBe(true);
    expect(isCandidateList(list('owl', 'fox'))).toBe(false);
    expect(isCandidateList(list('fox', 'fox'))).toBe(false);
    expect(isCandidateList(list('fo', 'fox'))).toBe(false);
    expect(isPrefixOf(candidateOf('fo')!, candidateOf('fox')!)).toBe(true);
  });

  it('refuses answers that are empty, over 32 bytes or hold a zero byte', () => {
    for (const bad of ['', 'x'.repeat(33), 'a\0b']) expect(candidateOf(bad)).toBeUndefined();
  });

  it('unpacks what it packed, and nothing that is cut short, empty or too long', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,32}$/)), (words) => {
        const candidates = words.map((text) => candidateOf(text)!);
        expect(unpackCandidates(packCandidates(candidates))).toEqual(candidates);
      }),
    );
    for (const bad of ['0x00', '0x0261', '0x016100', `0x21${'61'.repeat(33)}`] as const)
      expect(unpackCandidates(bad)).toBeUndefined();
  });
});
