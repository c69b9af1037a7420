import { expect, it } from 'vitest';
import { expectedScore, plannedSurvival, planItemCount } from './evidence-plan.ts';
import { walk, type ProbeResult } from './evidence-weigh.ts';

const hits = (count: number): ProbeResult[] => Array<ProbeResult>(count).fill('hit');

it('plans enough items to reach the score with a reserve', () => {
  const count = planItemCount({ bits: 4, commonSize: 64, needed: 33 });
  expect(expectedScore({ bits: 4 }, count)).toBeGreaterThan(33);
  expect(expectedScore({ bits: 4 }, Math.floor(count / 2))).toBeLessThan(33);
});

it('plans more items against a host that mixes the model in, and all that there are where those are too few', () => {
  const book = { bits: 6, commonSize: 128, needed: 44 };
  const [alone, mixed] = [planItemCount(book), planItemCount({ ...book, share: 0.4 })];
  expect(mixed).toBeGreaterThan(3 * alone);
  expect(expectedScore({ bits: 6, share: 0.4 }, mixed)).toBeGreaterThan(44);
  expect(planItemCount({ ...book, share: 0.1 })).toBe(128);
  expect(planItemCount({ ...book, commonSize: 1_000, share: 0.1 })).toBe(256);
});

it('plans with what the publication says survives, and tells which share it took', () => {
  const book = { bits: 6, commonSize: 256, needed: 44 };
  expect(plannedSurvival(book, undefined)).toEqual({ survival: 0.9, why: expect.stringContaining('does not say') });
  const anchored = plannedSurvival(book, 0.53);
  expect(anchored).toEqual({ survival: 0.53, why: expect.stringContaining('53 % of marked answers') });
  expect(planItemCount({ ...book, ...anchored })).toBeGreaterThan(1.5 * planItemCount(book));
});

it('spends no more keys where none would be enough for what survives', () => {
  const book = { bits: 6, commonSize: 64, needed: 44 };
  for (const said of [0, 0.05, 0.21, 1.1, Number.NaN])
    expect(plannedSurvival(book, said)).toEqual({ survival: 0.9, why: expect.stringContaining('no batch is enough') });
});

it('refuses a code book that can never reach the score', () => {
  expect(() => planItemCount({ bits: 3, commonSize: 16, needed: 33 })).toThrow(
    expect.objectContaining({ code: 'CODE_BOOK_TOO_SMALL' }),
  );
});

it('ends the claim at the first item that reaches the score, misses included', () => {
  const results: ProbeResult[] = ['hit', 'other-license', 'hit', 'other-answer', ...hits(20)];
  const weighed = walk(results, 3, 10);
  expect(weighed).toMatchObject({ verdict: 'match', items: 6 });
  expect(walk(results.slice(0, weighed.items - 1), 3, 10).verdict).toBe('inconclusive');
});

it('counts nothing but a hit in favour of the claim', () => {
  for (const result of ['other-answer', 'other-license', 'no-receipt'] as const) {
    expect(walk([...hits(3), result], 3, 9)).toMatchObject({ verdict: 'match', items: 3, score: 8 });
    expect(walk([result, ...hits(3)], 3, 9).verdict).toBe('inconclusive');
  }
});
