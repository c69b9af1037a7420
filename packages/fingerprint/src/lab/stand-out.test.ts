import { describe, expect, it } from 'vitest';
import type { View } from '../subject/rows.ts';
import { areaUnderCurve, measureStandOut } from './stand-out.ts';

describe('keys that stand out', () => {
  it('are told by the share of pairs in which the key is the surer one', () => {
    expect(areaUnderCurve([3, 4], [1, 2])).toBe(1);
    expect(areaUnderCurve([1, 2], [3, 4])).toBe(0);
    expect(areaUnderCurve([2, 3], [1, 2, 3, 4])).toBe((1.5 + 2.5) / 8);
    expect(areaUnderCurve([2, 2], [2, 2])).toBe(0.5);
  });

  it('are measured on what the model answers, at keys and at ordinary positions', async () => {
    const rows = (scores: number[]) => ({
      count: scores.length / 2,
      scores: Float32Array.from(scores),
      keys: new Float32Array(),
      hidden: new Float32Array(),
    });
    const view = {
      answering: async () => rows([0, 2]),
      async *ordinary() {
        yield rows([0, 1, 3, 0]);
        yield rows([0, 0, 0, 0.5]);
      },
    } as unknown as View;
    expect(await measureStandOut(view, [], { tokens: new Int32Array() })).toBe(0.75);
  });
});
