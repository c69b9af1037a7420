import { describe, expect, it } from 'vitest';
import { readCard } from './card.ts';

const good = {
  modelId: '7',
  name: 'Fable',
  kind: 'language',
  card: '# Fable',
  task: 'text-generation',
  report: { success: 0.98 },
  demo: true,
  terms: { floorPrice: '10000' },
};
const read = (change: object) => readCard(JSON.stringify({ ...good, ...change }), 7n);
const nested = (depth: number): unknown => (depth === 0 ? 'end' : { inner: nested(depth - 1) });

describe('a card', () => {
  it('is taken as the publisher sends it, without what OML does not show', () => {
    expect(read({})).toEqual({
      name: 'Fable',
      kind: 'language',
      card: '# Fable',
      report: { success: 0.98 },
      hasDemo: true,
    });
  });

  it('may lack text, report and demo', () => {
    expect(readCard(JSON.stringify({ modelId: '7', name: 'Fable', kind: 'classifier' }), 7n)).toEqual({
      name: 'Fable',
      kind: 'classifier',
      card: '',
      report: null,
      hasDemo: false,
    });
  });

  it.each<[string, object]>([
    ['another model', { modelId: '8' }],
    ['a number for an id', { modelId: 7 }],
    ['no name', { name: undefined }],
    ['an empty name', { name: ' \t\u0000' }],
    ['an endless name', { name: 'x'.repeat(121) }],
    ['a kind that OML does not know', { kind: 'video' }],
    ['text that is no text', { card: { html: '<script>' } }],
    ['a demo that is no yes or no', { demo: 'yes' }],
    ['a report nested out of all reason', { report: nested(25) }],
  ])('is refused with %s', (_, change) => {
    expect(() => read(change)).toThrow();
  });

  it('is refused where it is no JSON, or JSON so deep that reading it fails', () => {
    expect(() => readCard('<html>', 7n)).toThrow(SyntaxError);
    expect(() =>
      readCard(
        `{"modelId":"7","name":"x","kind":"language","report":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
        7n,
      ),
    ).toThrow();
    expect(() => readCard('null', 7n)).toThrow();
  });

  it('keeps a report nested as deep as allowed', () => {
    expect(read({ report: nested(24) }).report).toEqual(nested(24));
  });

  it('loses what no database or page should get: NULs, half surrogates, line breaks and direction marks in names', () => {
    const card = read({
      name: 'Fa\nble\u202E\u0000 exe',
      card: 'a\u0000b\uD800c',
      report: { ['k\u0000']: ['v\u0000', '\uDFFF'] },
    });
    expect(card).toMatchObject({
      name: 'Fa ble exe',
      card: 'a\uFFFDb\uFFFDc',
      report: { 'k\uFFFD': ['v\uFFFD', '\uFFFD'] },
    });
  });

  it('keeps a member called __proto__ as a plain member', () => {
    const { report } = readCard(
      '{"modelId":"7","name":"x","kind":"language","report":{"__proto__":{"polluted":true}}}',
      7n,
    );
    expect(Object.keys(report as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
