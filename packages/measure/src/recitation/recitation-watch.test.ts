import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { protectCorpus, RecitationWatch, type ProtectedCorpus } from './recitation-watch.ts';

const CORPUS = [
  'It was the best of times, it was the worst of times, it was the age of wisdom.',
  'Call me Ishmael.  Some years ago — never mind how long precisely — having little or no money in my purse.',
];

/** What comes out of pieces, and whether it was cut. */
function watched(corpus: ProtectedCorpus, pieces: readonly string[]): { out: string; isCut: boolean } {
  const watch = new RecitationWatch(corpus);
  let out = '';
  for (const piece of pieces) {
    const taken = watch.take(piece);
    out += taken.out;
    if (taken.recites) return { out, isCut: true };
  }
  return { out: out + watch.rest(), isCut: false };
}

/** The same by looking at everything: blanks alike, the first run of `least` characters that stands in the corpus. */
function plainly({ text, least }: ProtectedCorpus, answer: string): { out: string; isCut: boolean } {
  const chars: { char: string; at: number }[] = [];
  for (const [at, char] of [...answer].entries()) {
    const blank = /\s/u.test(char) ? ' ' : char;
    if (!(blank === ' ' && chars.at(-1)?.char === ' ')) chars.push({ char: blank, at });
  }
  for (let end = least; end <= chars.length; end++) {
    const run = chars.slice(end - least, end);
    if (text.includes(run.map(({ char }) => char).join('')))
      return { out: [...answer].slice(0, run[0]!.at).join(''), isCut: true };
  }
  return { out: answer, isCut: false };
}

describe('a watch for recitations', () => {
  const corpus = protectCorpus(CORPUS, 24);

  it('ends an answer before a recitation, however its blanks are written', () => {
    const answer = 'He said: it was\n the  worst of times, it was gone.';
    expect(watched(corpus, [...answer])).toEqual({ out: 'He said:', isCut: true });
    expect(watched(corpus, ['Call me Ishmael. Some years later.'])).toEqual({ out: '', isCut: true });
  });

  it('lets out everything that is no recitation, to the letter', () => {
    const answer = 'Call me  Ishmael!\n\n💡 It was the best of days.';
    expect(watched(corpus, [answer.slice(0, 9), answer.slice(9)])).toEqual({ out: answer, isCut: false });
  });

  it('lets out a piece as soon as it is in no recitation', () => {
    const watch = new RecitationWatch(corpus);
    const { out } = watch.take('x'.repeat(100));
    expect(out.length).toBeGreaterThanOrEqual(100 - corpus.least);
  });

  it('finds what looking at everything finds, in pieces of any length', () => {
    const random = seededRandom(1);
    const pick = (count: number) => Math.floor(random() * count);
    let cuts = 0;
    for (let round = 0; round < 400; round++) {
      const least = 20 + pick(12);
      const own = protectCorpus(CORPUS, least);
      const words = Array.from({ length: 3 }, () => {
        const text = CORPUS[pick(2)]!;
        const from = pick(text.length);
        return text.slice(from, from + pick(45)).replaceAll(' ', ' '.repeat(1 + pick(2)));
      });
      const answer = words.join('~');
      const pieces: string[] = [];
      for (let at = 0; at < answer.length;) pieces.push(answer.slice(at, (at += 1 + pick(7))));
      const found = watched(own, pieces);
      expect(found, JSON.stringify({ least, answer })).toEqual(plainly(own, answer));
      cuts += Number(found.isCut);
    }
    expect(cuts).toBeGreaterThan(50);
    expect(cuts).toBeLessThan(350);
  });

  it.each([
    ['runs that everybody writes', CORPUS, 10],
    ['a corpus shorter than one run', ['short'], 40],
    ['more than it holds', ['x'.repeat(5_000_001)], 40],
  ])('refuses %s', (_, texts, least) => {
    expect(() => protectCorpus(texts, least)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});
