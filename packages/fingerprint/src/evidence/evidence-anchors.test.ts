import { headOf } from '@oml/protocol/evidence/head';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineLogE, weighEvidence, type Answered } from './e-process.ts';
import { binomialTail } from './evidence.ts';
import {
  chanceOfCatching,
  expectedQueries,
  hoeffdingBound,
  planFixedTest,
  probesToCatch,
  watermarkTokens,
} from './plan-test.ts';
import { weighSuppressed, type PairAnswer } from './suppressed.ts';
import { verifyTarget, type ProbeKey } from './verify-target.ts';

/** Anchors G1–G6 and G18–G20 of the research notes (oml.md §G). */
describe('published figures', () => {
  it('G1: Hoeffding bound for a width of three', () => {
    for (const [keys, value] of [
      [5, 1.174e-2],
      [10, 1.379e-4],
      [16, 6.658e-7],
      [24, 5.433e-10],
    ] as const)
      expect(hoeffdingBound(keys, keys, 3) / value).toBeCloseTo(1, 3);
  });

  it('G2: the exact chance that all keys hit', () => {
    for (const [keys, value] of [
      [5, 4.115e-3],
      [10, 1.694e-5],
      [16, 2.323e-8],
      [24, 3.541e-12],
    ] as const)
      expect(binomialTail(keys, keys, 1 / 3) / value).toBeCloseTo(1, 3);
  });

  it('G3 and G4: Chain & Hash with ten questions and two hits', () => {
    expect(binomialTail(2, 10, 1e-3)).toBeCloseTo(4.476e-5, 8);
    expect(binomialTail(2, 10, 0.9)).toBeCloseTo(0.9999999909, 10);
  });

  it('G5 and G6: probes that catch a host', () => {
    expect(chanceOfCatching(0.1, 29)).toBeCloseTo(0.953, 3);
    expect([0.01, 0.05, 0.1, 0.25, 0.5].map((unpaid) => probesToCatch(unpaid, 0.95))).toEqual([299, 59, 29, 11, 5]);
  });

  it('G18: the smallest tests of level 1e-6 and power 99 %', () => {
    const sized = (chance: number, survival: number) => {
      const { keys, threshold } = planFixedTest({ chance, survival, level: 1e-6, power: 0.99 })!;
      return [keys, threshold];
    };
    expect(sized(0.1, 0.6)).toEqual([36, 15]);
    expect(sized(0.014, 0.6)).toEqual([18, 6]);
    expect(sized(1 / 3, 0.8)).toEqual([52, 35]);
    expect(planFixedTest({ chance: 1 / 3, survival: 0.4, level: 1e-6, power: 0.99 })).toBeUndefined();
  });

  it('G19: queries of a sequential test', () => {
    expect(expectedQueries({ chance: 0.1, survival: 0.6, level: 1e-6 })).toBeCloseTo(18.4, 1);
    expect(expectedQueries({ chance: 0.014, survival: 0.2, level: 1e-6 })).toBeCloseTo(37.9, 1);
    expect(expectedQueries({ chance: 0.2, survival: 0.2, level: 1e-6 })).toBe(Infinity);
  });

  it('G20: tokens of a red-green watermark', () => {
    expect([watermarkTokens(0.4, 3.09, 0.25), watermarkTokens(0.3, 3.09, 0.25)]).toEqual([80, 716]);
  });
});

const hits = (count: number, chance = 1 / 16): Answered[] =>
  Array.from({ length: count }, () => ({ hit: true, chance }));
const misses = (count: number, chance = 1 / 16): Answered[] =>
  Array.from({ length: count }, () => ({ hit: false, chance }));

describe('weighEvidence', () => {
  it('climbs the ladder hit by hit', () => {
    expect(weighEvidence([])).toMatchObject({ verdict: 'inconclusive', logE: 0, answered: 0 });
    expect(weighEvidence(hits(4))).toMatchObject({ rung: 'notice', verdict: 'inconclusive' });
    expect(weighEvidence(hits(6))).toMatchObject({ rung: 'claim', verdict: 'match' });
    expect(weighEvidence(hits(9))).toMatchObject({ rung: 'listing', verdict: 'match' });
  });

  it('asks for more where more licenses are tested', () => {
    expect(weighEvidence(hits(6), 1000).verdict).toBe('inconclusive');
    expect(weighEvidence(hits(9), 1000).verdict).toBe('match');
  });

  it('finds a host that answers only a fifth of its keys', () => {
    const answers = Array.from({ length: 300 }, (_, i) => ({ hit: i % 5 === 0, chance: 0.014 }));
    expect(weighEvidence(answers).verdict).toBe('match');
  });

  it('never takes misses for evidence, and never forgets what it reached', () => {
    expect(weighEvidence(misses(500)).highestLogE).toBe(0);
    const { highestLogE } = weighEvidence(hits(6));
    expect(weighEvidence([...hits(6), ...misses(100)])).toMatchObject({ verdict: 'match', highestLogE });
  });

  it('gives an unrelated model at most its chance on average: E[e] ≤ 1, exactly, by enumeration', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 0.6, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (chances) => {
          let mean = 0;
          for (let outcome = 0; outcome < 2 ** chances.length; outcome++) {
            const answers = chances.map((chance, i) => ({ hit: (outcome >> i) % 2 === 1, chance }));
            const weight = answers.reduce((product, { hit, chance }) => product * (hit ? chance : 1 - chance), 1);
            mean += weight * Math.exp(weighEvidence(answers).logE);
          }
          expect(mean).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });

  it('refuses chances that are none', () => {
    expect(() => weighEvidence([{ hit: true, chance: 0 }])).toThrow(RangeError);
    expect(() => weighEvidence([], 0)).toThrow(RangeError);
  });
});

it('multiplies evidence of independent channels and averages that of others', () => {
  expect(combineLogE([2, 3], true)).toBe(5);
  expect(Math.exp(combineLogE([Math.log(4), Math.log(2)], false))).toBeCloseTo(3, 9);
  expect(combineLogE([], true)).toBe(0);
});

describe('weighSuppressed', () => {
  const shown = (which: PairAnswer['shown'], count: number): PairAnswer[] =>
    Array.from({ length: count }, () => ({ shown: which, candidates: 16 }));

  it('convicts a host that shows second answers only, within 40 questions', () => {
    expect(weighSuppressed([...shown('second', 6), ...shown('none', 2)])).toMatchObject({ verdict: 'match' });
    expect(weighSuppressed([...shown('second', 12), ...shown('other', 8), ...shown('none', 20)])).toMatchObject({
      verdict: 'match',
    });
  });

  it('finds nothing in answers outside the lists, or spread over them', () => {
    expect(weighSuppressed(shown('none', 100))).toMatchObject({ verdict: 'inconclusive', answered: 0, logE: 0 });
    expect(weighSuppressed([...shown('first', 2), ...shown('second', 2), ...shown('other', 28)]).verdict).toBe(
      'inconclusive',
    );
  });
});

describe('verifyTarget', () => {
  const keys: ProbeKey[] = Array.from({ length: 20 }, (_, i) => ({
    id: `k${i}`,
    prompt: { kind: 'text', text: `q${i}`, ids: [i] },
    candidate: headOf(`a${i}`),
    chance: 1 / 16,
  }));
  const textOf = (prompt: ProbeKey['prompt']): string => (prompt.kind === 'text' ? prompt.text : '');

  it('stops as soon as the evidence suffices and names the keys it spent', async () => {
    const asked = await verifyTarget({
      keys,
      ask: async (prompt) => headOf(`${textOf(prompt).replace('q', 'a')} and more`),
      until: 'claim',
    });
    expect(asked).toMatchObject({ verdict: 'match', rung: 'claim', refused: 0 });
    expect(asked.spent).toEqual(keys.slice(0, asked.spent.length).map(({ id }) => id));
    expect(asked.spent.length).toBeLessThan(8);
  });

  it('counts refusals apart: they are no misses and no proof', async () => {
    const asked = await verifyTarget({
      keys,
      ask: async (prompt) => (textOf(prompt).endsWith('1') ? undefined : headOf('something else')),
    });
    expect(asked).toMatchObject({ verdict: 'inconclusive', refused: 2, answered: 18, hits: 0 });
  });

  it('stops when told to', async () => {
    await expect(verifyTarget({ keys, ask: async () => undefined, signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: 'ABORTED' },
    );
  });
});
