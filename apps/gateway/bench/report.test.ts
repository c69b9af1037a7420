import { expect, test } from 'vitest';
import { mergeRows, shareOf } from './report.ts';

test('a figure takes the place of its elder and leaves those of other scripts alone', () => {
  const before = [
    { metric: 'a', value: 1 },
    { metric: 'b', value: 2 },
  ];
  const fresh = [
    { metric: 'c', value: 30 },
    { metric: 'a', value: 10 },
  ];
  expect(mergeRows(before, fresh)).toEqual([
    { metric: 'a', value: 10 },
    { metric: 'b', value: 2 },
    { metric: 'c', value: 30 },
  ]);
});

test('a share of unsorted values is one of them', () => {
  const values = [9, 1, 5, 100, 3];
  expect(shareOf(values, 0.5)).toBe(5);
  expect(shareOf(values, 0.95)).toBe(100);
  expect(shareOf(values, 1)).toBe(100);
});
