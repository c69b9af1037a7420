import { nodeEngine } from '@oml/onnx/runner-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { binomialTail, evidenceThreshold } from '../evidence/evidence.ts';
import { openSubject } from '../subject/subject.ts';
import { forgeClaims, type ForgedClaims } from './forged-claims.ts';

const BATCHES = 4000;
let rows: ForgedClaims[];
const control = (name: string) => {
  const { files, ordinary } = subjects[name]!()!;
  return { control: openSubject(files, nodeEngine({ threads: 1 })), ordinary };
};

beforeAll(async () => {
  rows = [
    ...(await forgeClaims({
      ...control('fable-mini'),
      cases: [
        { bits: 4, keys: 64 },
        { bits: 4, keys: 6 },
      ],
      batches: BATCHES,
    })),
    ...(await forgeClaims({ ...control('digits'), cases: [{ bits: 3, keys: 64 }], batches: BATCHES })),
  ];
});

describe('an owner who knows what a clean model answers', () => {
  it('is believed no more often than the bound says, under either rule', () => {
    expect(rows).toHaveLength(3 * 6);
    // Four deviations above the bound are luck once in 30,000 runs, and the run is always the same.
    for (const { rule, rate, bound, bits, keys } of rows)
      expect(rate, `${rule}, ${keys} keys of ${bits} bits`).toBeLessThanOrEqual(bound + 4 * Math.sqrt(bound / BATCHES));
  });

  it('is believed sometimes by a rule that asks for little: the simulation can fail', () => {
    const low = rows.find(({ rule, keys, bits }) => rule === 'evidence walk, score 6' && keys === 64 && bits === 4)!;
    expect(low.rate).toBeGreaterThan(binomialTail(3, 3, 1 / 16) / 4);
    expect(low.rate).toBeLessThan(2 ** -6);
  });

  it('is never believed by the chain’s own threshold', () => {
    const own = rows.filter(({ rule }) => rule === `evidence walk, score ${evidenceThreshold(BATCHES)}`);
    expect(own).toHaveLength(3);
    for (const { rate } of own) expect(rate).toBe(0);
  });

  it('stops when told to, and needs a model with enough answers', async () => {
    await expect(
      forgeClaims({
        ...control('fable-mini'),
        cases: [{ bits: 4, keys: 8 }],
        batches: 10,
        signal: AbortSignal.abort(),
      }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(
      forgeClaims({ ...control('digits'), cases: [{ bits: 4, keys: 8 }], batches: 10 }),
    ).rejects.toMatchObject({ code: 'CODE_BOOK_INVALID' });
  });
});
