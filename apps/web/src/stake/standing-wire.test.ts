import { expect, test } from 'vitest';
import { standingWords } from './standing-wire.ts';

const figures = {
  account: '0x0000000000000000000000000000000000000001',
  audits: 3,
  paid: 3,
  paidLate: 0,
  slashed: 0,
} as const;

test('a standing says until when it holds, and one that is none why', () => {
  expect(standingWords({ ...figures, standing: 'pays', lapsesAt: '2026-12-27T00:00:00.000Z' })).toEqual({
    word: 'Pays',
    tone: 'money',
    title: 'Until 2026-12-27, unless more audits come.',
  });
  expect(standingWords({ ...figures, standing: 'unknown' })).toMatchObject({ word: 'Not known', tone: 'plain' });
});
