import { readForm } from '@oml/onnx/tokens/form';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trainBpe } from '../../test-support/train-bpe.ts';
import { measure } from '../measure.ts';
import { chunksOf, countWords } from './category-texts.ts';
import { mergesOf } from './constraints.ts';
import { MergeCounts } from './merge-counts.ts';
import { tokenizerMixture } from './tokenizer-mixture.ts';

const ROOT = new URL('../../../../', import.meta.url).pathname;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (pattern: string): string =>
  globSync(pattern, { cwd: ROOT })
    .toSorted()
    .map((file) => readFileSync(ROOT + file, 'utf8'))
    .join('\n')
    .slice(0, 60_000);
const TEXTS = {
  python: textOf('models/{data,train}/*.py'),
  solidity: textOf('contracts/src/libraries/*.sol'),
  styles: textOf('packages/ui/src/**/*.css') + textOf('prisma/migrations/*/*.sql'),
};
const TRUTH: Record<string, number> = { python: 0.55, solidity: 0.1, styles: 0.35 };
const OCCASION = {
  release: `0x${'ab'.repeat(32)}`,
  target: 'file',
  dataName: 'texts',
  command: 'npx oml measure tokenizer-mixture …',
  measuredAt: 0,
} as const;

const trained = trainBpe(
  Object.entries(TEXTS).map(([name, text]) => ({ text, weight: (TRUTH[name]! / bytes(text).length) * 1e6 })),
  160,
);
const data = new Map(Object.entries(TEXTS).map(([name, text]) => [`${name}.txt`, bytes(text)]));
const job = { target: { json: trained }, data, settings: { redraws: 3 } };

describe('the mixture behind a tokenizer', () => {
  it('is found to half a percent from the very texts', async () => {
    const { measurement } = await measure(tokenizerMixture, job, OCCASION);
    expect(measurement.figures.map(({ name }) => name)).toEqual(['python', 'solidity', 'styles']);
    for (const { name, value, low, high } of measurement.figures) {
      expect(Math.abs(value - TRUTH[name]!), name).toBeLessThan(5e-3);
      expect(high - low, name).toBeGreaterThan(0);
    }
  });

  it('comes out the same again', async () => {
    const small = { ...job, settings: { redraws: 2, merges: 40 } };
    const [first, second] = [
      await measure(tokenizerMixture, small, OCCASION),
      await measure(tokenizerMixture, small, OCCASION),
    ];
    expect(second).toEqual(first);
  });

  it.each<[string, object, Map<string, Uint8Array>, string]>([
    ['one category', trained, new Map([['a.txt', bytes('x '.repeat(9_000))]]), 'from 2 to 40 categories'],
    [
      'too little text',
      trained,
      new Map([
        ['a.txt', bytes('a')],
        ['b.txt', bytes('b')],
      ]),
      'are the least',
    ],
    ['bytes that are no text', trained, new Map([['a.txt', Uint8Array.of(0xff, 0xfe)]]), 'not text in UTF-8'],
    ['no tokenizer', { model: { type: 'Unigram' } }, data, 'tokenizer.json has a part'],
    ['no merges', trainBpe([], 0), data, 'merges; a mixture shows in'],
  ])('is refused of %s', async (_, json, files, why) => {
    await expect(measure(tokenizerMixture, { target: { json }, data: files, settings: {} }, OCCASION)).rejects.toThrow(
      why,
    );
  });

  it('refuses settings that it does not have', async () => {
    const odd = { ...job, settings: { merge: 1 } };
    await expect(measure(tokenizerMixture, odd, OCCASION)).rejects.toThrow('has no setting "merge"');
  });
});

describe('counts under merges', () => {
  it('are those of counting everything anew', () => {
    const form = readForm(trained);
    const cut = (text: string) => text.split(/(?<=\s)/);
    const texts = Object.values(TEXTS).map((text) => chunksOf(text.slice(0, 8_000)));
    const chunks = texts.map((all) => all.map((text) => ({ bytes: text.length, words: tally(cut(text)) })));
    const { words } = countWords(chunks);
    const { vocab } = form.model;
    const counts = new MergeCounts(words, 3, (letter) => vocab[letter]);
    const plain = [...words].map(([word, count]) => ({ symbols: [...word].map((letter) => vocab[letter]!), count }));
    for (const [left, right, merged] of mergesOf(form).slice(0, 40)) {
      counts.merge(left, right, merged);
      for (const word of plain) word.symbols = replaced(word.symbols, left, right, merged);
    }
    const anew = new Map<string, number>();
    for (const { symbols, count } of plain)
      for (let i = 1; i < symbols.length; i++)
        if (symbols[i - 1] !== undefined && symbols[i] !== undefined)
          anew.set(`${symbols[i - 1]} ${symbols[i]}`, (anew.get(`${symbols[i - 1]} ${symbols[i]}`) ?? 0) + count[1]!);
    expect(anew.size).toBeGreaterThan(200);
    for (const [pair, count] of anew) {
      const [left, right] = pair.split(' ').map(Number) as [number, number];
      expect(counts.countsOf(left, right)?.[1], pair).toBe(count);
    }
  });
});

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function replaced(symbols: readonly (number | undefined)[], left: number, right: number, merged: number): number[] {
  const out: (number | undefined)[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    out.push(isPair ? merged : symbols[i]);
    if (isPair) i++;
  }
  return out as number[];
}
