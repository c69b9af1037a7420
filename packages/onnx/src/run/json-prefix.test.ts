import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonPrefix } from './json-prefix.ts';

const takes = (text: string): boolean => new JsonPrefix().push(text);
const isWhole = (text: string): boolean => {
  const prefix = new JsonPrefix();
  return prefix.push(text) && prefix.isWhole;
};
const parses = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};
const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 });
const spaced = fc.tuple(object, fc.constantFrom(0, 1, 2)).map(([value, space]) => JSON.stringify(value, null, space));

describe('the beginning of a JSON object', () => {
  test('is every beginning of every object, which is whole at its end and nowhere before', () => {
    fc.assert(
      fc.property(spaced, (text) => {
        const chars = [...text];
        for (let i = 0; i < chars.length; i++) {
          const begun = chars.slice(0, i).join('');
          expect(takes(begun)).toBe(true);
          expect(isWhole(begun)).toBe(false);
        }
        expect(isWhole(text)).toBe(true);
      }),
    );
  });
  test('is whole where JSON.parse takes it, and nowhere else', () => {
    const part = fc.constantFrom(
      ...'{}[]",:\\ \n-+.019eEtrufalsn'.split(''),
      '"a"',
      '\\u00e9',
      'true',
      'null',
      '{"a":',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        for (const text of [parts.join(''), `{"a":${parts.join('')}}`]) expect(isWhole(text)).toBe(parses(text));
      }),
      { numRuns: 3_000 },
    );
  });
  test.each(['[', '"', '1', '{1', '{,', '{"a"}', '{"a":,', '{"a":01', '{"a":+', '{"a":.5', '{"a":1.}', '{"a":tru}'])(
    'is not %s',
    (text) => expect(takes(text)).toBe(false),
  );
  test.each(['{"a":"\n', '{"a":"\\x', '{"a":"\\u12g', '{"a":1]', '{"a":[1}', '{}{', '{"a":1 2', '{"a":-}'])(
    'nor is %j',
    (text) => expect(takes(text)).toBe(false),
  );
  test('has an end: space and depth are bounded', () => {
    expect(takes(`{${' '.repeat(16)}`)).toBe(true);
    expect(takes(`{${' '.repeat(17)}`)).toBe(false);
    expect(takes(`{"a":${'['.repeat(31)}`)).toBe(true);
    expect(takes(`{"a":${'['.repeat(32)}`)).toBe(false);
  });
});
