import { describe, expect, it } from 'vitest';
import { figuresOf, WINDOW_MS, type Look } from './figures.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const none = { tookMs: null, tokensPerSecond: null, asked: null, holds: null };
const look = (minutesAgo: number, change: Partial<Look> = {}): Look => ({
  at: NOW - minutesAgo * 60_000,
  kind: 'look',
  isUp: true,
  ...none,
  asked: 2_000n,
  holds: true,
  ...change,
});
const answer = (minutesAgo: number, tookMs: number, tokensPerSecond: number | null = null): Look => ({
  at: NOW - minutesAgo * 60_000,
  kind: 'answer',
  isUp: true,
  ...none,
  tookMs,
  tokensPerSecond,
});

describe('the figures of an endpoint', () => {
  it('are of the last seven days, with half and nineteen of twenty', () => {
    const answers = Array.from({ length: 100 }, (_, i) => answer(i + 1, (i + 1) * 10, i < 4 ? 20 + i : null)).reverse();
    const down = look(3, { isUp: false, asked: null, holds: null });
    expect(figuresOf([look(8 * 1_440), ...answers, look(5), look(4), down], NOW)).toEqual({
      from: new Date(NOW - WINDOW_MS).toISOString(),
      to: new Date(NOW).toISOString(),
      looks: 3,
      up: 2,
      missed: 1,
      answers: 100,
      answered: { p50Ms: 500, p95Ms: 950 },
      tokensPerSecond: 21,
      price: { asked: '2000', holds: true },
      verifiedAt: new Date(NOW - 60_000).toISOString(),
    });
  });

  it('say nothing of how long answers take where there were few, and remember the last one', () => {
    const figures = figuresOf([answer(12_000, 900), answer(11_990, 900), answer(11_980, 900)], NOW);
    expect(figures).toMatchObject({ answers: 0, answered: null, tokensPerSecond: null, price: null });
    expect(figures.verifiedAt).toBe(new Date(NOW - 11_980 * 60_000).toISOString());
    expect(figuresOf([answer(2, 900), answer(1, 900)], NOW).answered).toBeNull();
    expect(figuresOf([], NOW)).toMatchObject({ looks: 0, up: 0, verifiedAt: null });
  });

  it('tell how often in a row nobody was found, so that a dead one is known within the hour', () => {
    const down = (minutesAgo: number) => look(minutesAgo, { isUp: false, asked: null, holds: null });
    expect(figuresOf([look(60), down(50), look(40), down(30), down(20), answer(15, 900), down(10)], NOW)).toMatchObject(
      {
        looks: 6,
        up: 2,
        missed: 3,
      },
    );
    expect(figuresOf([down(20), down(10)], NOW).missed).toBe(2);
    expect(figuresOf([down(10), look(5)], NOW).missed).toBe(0);
  });

  it('tell a price that the chain does not bear out', () => {
    expect(figuresOf([look(9), look(1, { asked: 1n, holds: false })], NOW).price).toEqual({ asked: '1', holds: false });
  });
});
