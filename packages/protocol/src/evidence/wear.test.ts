import { describe, expect, it } from 'vitest';
import { wearInWords, wearOf, type KeysAsked } from './wear.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const BOOK = { commonSize: 64, bits: 6 };
const WHEN = { now: NOW, leadMs: 14 * DAY };
const batch = (account: string, firstKey: number, items: number, daysAgo = 10): KeysAsked => ({
  account,
  firstKey,
  items,
  at: NOW - daysAgo * DAY,
});

describe('a code book', () => {
  it('that nobody was asked is fresh, and one that never reached says so', () => {
    expect(wearOf(BOOK, [], WHEN)).toMatchObject({ state: 'fresh', keysNeeded: 12, asked: 0, fresh: 64, probes: 0 });
    const small = wearOf({ commonSize: 11, bits: 6 }, [], WHEN);
    expect(small).toMatchObject({ state: 'small', keysNeeded: 12 });
    expect(wearInWords(small)).toContain('together never reached');
  });

  it('wears by keys that are new to the host that was asked most, around its end too', () => {
    const batches = [batch('a', 60, 8), batch('a', 2, 4), batch('b', 0, 20), batch('c', 30, 10)];
    expect(wearOf(BOOK, batches, WHEN)).toMatchObject({ batches: 4, probes: 42, asked: 20, fresh: 44 });
    expect(wearOf(BOOK, batches.slice(0, 2), WHEN)).toMatchObject({ asked: 10, fresh: 54 });
  });

  it('is worn where a claim no longer reaches its score with keys that a host does not know', () => {
    expect(wearOf(BOOK, [batch('a', 0, 52, 100)], WHEN).state).toBe('fresh');
    const worn = wearOf(BOOK, [batch('a', 0, 53, 100)], WHEN);
    expect(worn.state).toBe('worn');
    expect(wearInWords(worn)).toMatch(/^Re-key now/);
  });

  it('is due where it is worn before a release could be rolled out', () => {
    // 26 keys in 10 days: the other 26 that may go last 10 days more.
    const due = wearOf(BOOK, [batch('a', 0, 26)], WHEN);
    expect(due).toMatchObject({ state: 'due', wornAt: NOW + 10 * DAY });
    expect(wearInWords(due)).toMatch(/^Re-key soon.*until 1972-10-07/);
    expect(wearOf(BOOK, [batch('a', 0, 26)], { ...WHEN, leadMs: 9 * DAY }).state).toBe('fresh');
    expect(wearOf(BOOK, [batch('a', 0, 26, 100)], WHEN)).not.toHaveProperty('wornAt');
  });
});
