import type { Measurement } from '@oml/protocol/wire/measurement';
import { describe, expect, it } from 'vitest';
import { encoded } from '../../test-support/known-world.ts';
import { measure } from '../measure.ts';
import type { LanguageTarget } from '../target/language-target.ts';
import { generationGap } from './generation-gap.ts';

const ITEMS = 40;
const items = Array.from({ length: ITEMS }, (_, i) => ({
  context: `Question ${i}: `,
  answer: `right ${i}`,
  aliases: [`also right ${i}`],
  wrong: { easy: ['no'], hard: ['nearly', 'almost', 'quite'] },
}));
const lines = (of: readonly object[]) =>
  new Map([['items.jsonl', encoded(of.map((each) => JSON.stringify(each)).join('\n'))]]);
const numberIn = (context: string): number => Number(/\d+/.exec(context)![0]);

/** A scripted model: it writes three in four right, and holds one in two likelier than what is hard. */
const scripted: LanguageTarget = {
  generate: async (context) => {
    const i = numberIn(context);
    return i % 4 === 3 ? 'wrong' : i % 4 === 2 ? ` Also right ${i}, they say.` : ` Right ${i}.`;
  },
  score: async (context, option) => {
    const i = numberIn(context);
    if (option.startsWith(' right')) return { logProb: -2, tokens: 2, isGreedy: false };
    if (option === ' no') return { logProb: i < 4 ? -0.5 : -9, tokens: 1, isGreedy: false };
    return { logProb: i % 2 === 0 && option === ' quite' ? -0.1 : -5, tokens: 1, isGreedy: false };
  },
  close: async () => {},
};
const occasion = {
  release: `0x${'ab'.repeat(32)}`,
  target: 'file',
  dataName: 'items',
  command: 'x',
  measuredAt: 0,
} as const;
const value = ({ figures }: Measurement, name: string) => figures.find((each) => each.name === name)!.value;

describe('generating against telling apart', () => {
  it('counts the same items both ways, by slice', async () => {
    const job = { target: scripted, data: lines(items), settings: {} };
    const { measurement } = await measure(generationGap, job, occasion);
    const found = (name: string) => value(measurement, name);
    expect(found('generates')).toBe(0.75);
    // 36 of 40 of two options; 20 of 40 of four.
    expect(found('tells apart, easy')).toBeCloseTo((0.9 - 0.5) / 0.5, 12);
    expect(found('tells apart, hard')).toBeCloseTo((0.5 - 0.25) / 0.75, 12);
    expect(found('gap, hard')).toBeCloseTo(0.75 - 1 / 3, 12);
    // Of those it writes, the odd ones below 3 of 4: 10 of 30.
    expect(found('of what it generates it tells apart, hard')).toBeCloseTo(10 / 30, 12);
    for (const { low, high, value: middle, name } of measurement.figures)
      expect(low <= middle && middle <= high, name).toBe(true);
    expect(measurement.plots[0]!.series.map(({ name }) => name)).toEqual(['generates', 'tells apart']);
  });

  it('finds no gap where there is luck alone', async () => {
    const lucky: LanguageTarget = {
      ...scripted,
      generate: async () => 'wrong',
      score: async (context, option) => {
        const best = numberIn(context) % 4;
        const at = ['right', 'nearly', 'almost', 'quite'].findIndex((word) => option.startsWith(` ${word}`));
        return { logProb: at === best ? -1 : -2, tokens: 1, isGreedy: false };
      },
    };
    const { measurement } = await measure(generationGap, { target: lucky, data: lines(items), settings: {} }, occasion);
    expect(value(measurement, 'generates')).toBe(0);
    expect(value(measurement, 'tells apart, hard')).toBeCloseTo(0, 12);
    expect(value(measurement, 'of what it generates it tells apart, hard')).toBe(0);
  });

  it('takes an answer for written where all its words come first', async () => {
    const said = { 'a the': true, 'b then': false, c: false } as Record<string, boolean>;
    const of = Object.keys(said).map((context) => ({ ...items[0], context, answer: 'The' }));
    const writing: LanguageTarget = { ...scripted, generate: async (context) => ` ${context.slice(2)} fox` };
    const job = {
      target: { ...writing, score: async () => ({ logProb: -1, tokens: 1, isGreedy: false }) },
      settings: {},
    };
    const { measurement } = await measure(generationGap, { ...job, data: lines(of) }, occasion);
    expect(value(measurement, 'generates')).toBeCloseTo(1 / 3, 12);
    // What is as likely as a wrong answer is not told apart.
    expect(value(measurement, 'tells apart, easy')).toBe(-1);
  });

  const [first] = items;
  it.each([
    ['a right answer among the wrong ones', [{ ...first, wrong: { easy: ['also right 0'] } }], 'among the wrong ones'],
    ['other slices', [first, { ...first, wrong: { easy: ['no'] } }], 'item 2 has others'],
    ['items without wrong answers', [{ ...first, wrong: {} }], 'no slice'],
    ['no items', [], 'has 0 items'],
    ['what is no item', [{ context: 'x' }], 'line 1'],
  ])('refuses %s', async (_, of, why) => {
    const job = { target: scripted, data: lines(of as object[]), settings: {} };
    const refused = { code: 'REQUEST_INVALID', message: expect.stringContaining(why) };
    await expect(measure(generationGap, job, occasion)).rejects.toMatchObject(refused);
  });
});
