import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressOn } from './progress.mjs';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A stream that keeps what it is told, and a step that ends when it is told to. */
function begin(isTerminal: boolean, columns = 60) {
  const written: string[] = [];
  const progress = progressOn({ write: (text) => written.push(text), columns }, isTerminal);
  return { written, ...progress };
}

const stepOf = (step: ReturnType<typeof progressOn>['step'], name: string, state?: () => string) => {
  let end = () => {};
  const done = step(name, () => new Promise<void>((resolve) => (end = resolve)), state);
  return { done, end: () => end() };
};

describe('progress', () => {
  it('is a line every 15 seconds in a log', async () => {
    const { written, step } = begin(false);
    let files = 0;
    const unit = stepOf(step, 'unit', () => `${files} of 9 files`);
    files = 4;
    await vi.advanceTimersByTimeAsync(44_000);
    unit.end();
    await unit.done;
    expect(written).toEqual([
      '[  0 s] · unit\n',
      '[ 15 s]   … unit, 15.0 s — 4 of 9 files\n',
      '[ 30 s]   … unit, 30.0 s — 4 of 9 files\n',
      '[ 44 s] ✓ unit (44.0 s)\n',
    ]);
  });

  it('is one line that moves on a terminal, never longer than the terminal is wide', async () => {
    const { written, step } = begin(true, 30);
    const unit = stepOf(step, 'unit', () => 'a state that is longer than the line');
    await vi.advanceTimersByTimeAsync(1_000);
    unit.end();
    await unit.done;
    const ticks = written.slice(1, -1);
    expect(ticks).toHaveLength(2);
    for (const tick of ticks) {
      expect(tick).toMatch(/^\r\u001b\[K\[  [01] s\]   … unit, /);
      expect(tick).not.toContain('\n');
      expect(tick.replace('\r\u001b[K', '').length).toBeLessThan(30);
    }
    expect(written.at(-1)).toBe('\r\u001b[K[  1 s] ✓ unit (1.0 s)\n');
  });

  it('tells of steps that run together in one line, and stops with the last', async () => {
    const { written, step } = begin(false);
    const [unit, style] = [stepOf(step, 'unit'), stepOf(step, 'style')];
    await vi.advanceTimersByTimeAsync(15_000);
    expect(written.at(-1)).toBe('[ 15 s]   … unit, 15.0 s · style, 15.0 s\n');
    style.end();
    unit.end();
    await Promise.all([unit.done, style.done]);
    const before = written.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(before);
  });

  it('says that a step failed, and lets its error through', async () => {
    const { written, step } = begin(false);
    await expect(step('build', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(written.at(-1)).toBe('[  0 s] ✗ build failed after 0.0 s\n');
  });
});
