import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { measure } from '../measure.ts';
import type { LanguageTarget } from '../target/language-target.ts';
import { indexCorpus, longestRecitation, spaced } from './longest-recitation.ts';
import { recitation } from './recitation.ts';

const OCCASION = {
  release: `0x${'ab'.repeat(32)}`,
  target: 'file',
  dataName: 's',
  command: 'c',
  measuredAt: 0,
} as const;
const random = seededRandom(7);
const word = (): string =>
  Array.from({ length: 3 + Math.floor(random() * 6) }, () => 'abcdefghijklmnop'[Math.floor(random() * 16)]).join('');
const TEXT = Array.from({ length: 900 }, word).join(' ');
const data = new Map([['book.txt', new TextEncoder().encode(TEXT)]]);

/** The longest common passage, by trying all. */
function tried(corpus: string, answer: string): number {
  let best = 0;
  for (let at = 0; at < answer.length; at++)
    for (
      let length = best + 1;
      at + length <= answer.length && corpus.includes(answer.slice(at, at + length));
      length++
    )
      best = length;
  return best;
}

/**
 * Scripted, and said to be: it goes on word for word where the prompt stands in what it knows by heart, and makes words
 * up elsewhere. A passage that it knows is e^-1 likely to it, any other e^-50.
 */
function reciter(known: string): LanguageTarget {
  return {
    async generate(prompt, tokens) {
      const at = known.indexOf(prompt);
      return at < 0 ? ` ${'zz '.repeat(tokens)}` : known.slice(at + prompt.length, at + prompt.length + tokens * 4);
    },
    score: async (context, continuation) => ({
      logProb: known.includes(context + continuation) ? -1 : -50,
      tokens: 10,
      isGreedy: false,
    }),
    close: async () => {},
  };
}

const measured = async (target: LanguageTarget, against?: LanguageTarget) => {
  const job = { target, ...(against ? { against } : {}), data, settings: { windows: 40 } };
  const { measurement } = await measure(recitation, job, OCCASION);
  const values = Object.fromEntries(measurement.figures.map(({ name, value }) => [name, value]));
  return { measurement, values };
};
const SHARE = 'windows with a recitation of 40 characters';

describe('recitations', () => {
  it('that were planted are found, where and how long they are', async () => {
    const { values, measurement } = await measured(reciter(TEXT.slice(0, 1_000)));
    expect(values['longest recitation']).toBe(256);
    expect(values[SHARE]).toBeGreaterThan(0.05);
    expect(values[SHARE]).toBeLessThan(0.4);
    expect(measurement.notes[0]).toContain('no legal judgement');
    expect(Number(/character (\d+)/.exec(measurement.notes[1]!)![1])).toBeLessThan(1_000);
  });

  it('are none where nothing is known', async () => {
    const { values, measurement } = await measured(reciter(''));
    expect([values['longest recitation'], values[SHARE]]).toEqual([0, 0]);
    expect(measurement.notes).toHaveLength(1);
  });

  it('are as long as trying all passages says', () => {
    const corpus = `${TEXT.slice(0, 2_000)}${'ab'.repeat(60)}`;
    const index = indexCorpus(corpus, 12);
    for (let i = 0; i < 40; i++) {
      const [a, b] = [Math.floor(random() * 1_800), Math.floor(random() * 1_800)];
      const answer = `${corpus.slice(a, a + 20 + i)}#${'ab'.repeat(i)}?${corpus.slice(b, b + 30)}`;
      const found = longestRecitation(index, answer)!;
      expect(found.length).toBe(tried(corpus, answer));
      expect(corpus.slice(found.from, found.from + found.length)).toBe(answer.slice(found.at, found.at + found.length));
    }
    expect(longestRecitation(index, 'zz zz zz zz zz zz zz')).toBeUndefined();
    expect(spaced('a\n\t b')).toBe('a b');
  });
});

describe('near access-freeness', () => {
  it('is measured at the passages, against a model without access', async () => {
    const { values } = await measured(reciter(TEXT), reciter(''));
    expect(values['k of near access-freeness, at least']).toBe(49);
    expect(values['mean log ratio to the model without access']).toBe(49);
    const same = await measured(reciter(TEXT), reciter(TEXT));
    expect(same.values['k of near access-freeness, at least']).toBe(0);
  });

  it('refuses a corpus without room for a window', async () => {
    const small = new Map([['a.txt', new TextEncoder().encode('short')]]);
    const job = { target: reciter(''), data: small, settings: {} };
    await expect(measure(recitation, job, OCCASION)).rejects.toThrow('240 are the least');
  });
});
