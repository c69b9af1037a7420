import { describe, expect, it } from 'vitest';
import { firstPassage } from './passage.ts';
import { bookReach, reachInWords, scoreNeeded } from './reach.ts';

describe('the score that a claim needs', () => {
  it('counts code books and batches, whoever committed them', () => {
    expect(scoreNeeded(1, 1)).toBe(40);
    expect(scoreNeeded(3, 5)).toBe(45);
    expect(scoreNeeded(2 ** 30, 2 ** 30)).toBe(100);
  });
});

describe('the reach of a code book', () => {
  it('is nothing where not even hits alone suffice, and says so', () => {
    const reach = bookReach({ commonSize: 16, bits: 3 });
    expect(reach).toEqual({ threshold: 60, probes: 16, highest: 32, reaches: false });
    expect(reachInWords(reach)).toBe('Cannot catch disguised use: 16 common keys score 32 at most, a claim needs 60.');
    expect(bookReach({ commonSize: 4096, bits: 1 }).reaches).toBe(false);
  });

  it('is the smallest share that is caught nine times in ten', () => {
    const { least, threshold, probes } = bookReach({ commonSize: 24, bits: 6 });
    const at = (hitChance: number) => firstPassage({ hitChance, bits: 6, threshold, items: probes }).chance;
    expect(at(least!.hitChance)).toBeGreaterThanOrEqual(0.9);
    expect(at(least!.hitChance - 0.01)).toBeLessThan(0.9);
  });

  it('grows with keys up to what a batch may ask, and with bits', () => {
    const least = (commonSize: number, bits: number) => bookReach({ commonSize, bits }).least!.hitChance;
    expect(least(64, 6)).toBeLessThan(least(32, 6));
    expect(least(64, 6)).toBeLessThan(least(64, 4));
    expect(least(4096, 6)).toBe(least(256, 6));
    expect(bookReach({ commonSize: 4096, bits: 6 }).probes).toBe(256);
  });

  it('is told with its probes', () => {
    expect(reachInWords(bookReach({ commonSize: 64, bits: 6 }))).toBe(
      'Catches disguised use from α·s = 0.40 on: ' +
        '9 of 10 such hosts within 64 probes, after 44 on average, at 60 points.',
    );
  });
});
