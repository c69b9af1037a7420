import { expect, test } from 'vitest';
import { mergedRows } from './page-report.ts';

test('a row takes the place of its elder, and all stand in the order of their names', () => {
  const before = [
    { metric: 'b', value: 1 },
    { metric: 'c', value: 2 },
  ];
  const fresh = [
    { metric: 'c', value: 3 },
    { metric: 'a', value: 4 },
  ];
  expect(mergedRows(before, fresh)).toEqual([
    { metric: 'a', value: 4 },
    { metric: 'b', value: 1 },
    { metric: 'c', value: 3 },
  ]);
});
