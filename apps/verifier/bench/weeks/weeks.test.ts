import { describe, expect, it } from 'vitest';
import { growthOf, sampleMemory, type Sample } from './memory.ts';
import { shortRules, tailOf } from './rules.ts';

const samples = (kib: readonly number[]): Sample[] => kib.map((held, at) => ({ at, held: { agent: held } }));

describe('memory', () => {
  it('is asked of the system, and of those alone that live', async () => {
    const { held } = await sampleMemory({ own: process.pid, gone: 2 ** 22 - 1 });
    expect(held['own']).toBeGreaterThan(1_000);
    expect(Object.keys(held)).toEqual(['own']);
  });

  it('that fills at first is flat, and that which leaks has grown', () => {
    const filling = [100, 150, 180, 190, 200, 200, 201, 199, 200, 200, 202, 200];
    expect(growthOf(samples(filling))['agent']).toBeLessThan(5);
    const leaking = Array.from({ length: 40 }, (_, i) => 200 + 4 * i);
    expect(growthOf(samples(leaking))['agent']).toBeGreaterThan(30);
    expect(growthOf(samples([1, 2]))).toEqual({});
  });
});

describe('two weeks', () => {
  it('are drawn together by one factor, as far as a machine can follow', () => {
    const hour = shortRules(60);
    expect(hour.answerWindow / hour.claimMinAge).toBeCloseTo(72 / 25, 1);
    expect(hour.batchOpenWindow).toBe(3_600);
    expect(tailOf(hour)).toBeLessThan(25 * 60);
    expect(shortRules(1).answerWindow).toBeGreaterThanOrEqual(40);
  });

  it('let no exit outrun a hearing, however short they are', () => {
    for (const minutes of [1, 5, 60]) {
      const { exitDelay, voteWindow, revealWindow, claimMinAge, answerWindow } = shortRules(minutes);
      expect(exitDelay).toBeGreaterThan(3 * (voteWindow + revealWindow));
      expect(exitDelay).toBeGreaterThanOrEqual(claimMinAge + 2 * answerWindow);
    }
  });
});
