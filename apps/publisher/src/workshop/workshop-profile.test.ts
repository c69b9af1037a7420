import { readPrepared } from '@oml/fingerprint/edition/prepared-file';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jobs } from './workshop-jobs.ts';

const FABLE_MINI = new URL('../../../../models/fable-mini/', import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, FABLE_MINI)));
const source = {
  kind: 'language' as const,
  model: file('model.onnx'),
  tokenizer: file('tokenizer.json'),
  tokenizerConfig: file('tokenizer_config.json'),
  ordinary: file('ordinary.i32'),
  heldout: file('heldout.i32'),
};
const beacon = `0x${'5c'.repeat(32)}` as const;
const terms = { floorPrice: 1_000n, minBond: 50_000_000n, ownerShareBps: 5_000, slashBps: 5_000 };
const rates = { protocolFeeBps: 100, poolBps: 100, claimantShareBps: 2_000, ownerShareBps: 2_000 };

it('puts the keys into the model as the order says, and plans with what was measured of that', async () => {
  const sizes = { commonCount: 6, tracingCount: 0, bits: 2 };
  /** Matrices that every edition of an order changes. */
  const changed = async (named: { profile?: 'hardened' }): Promise<number> => {
    const secret = new Uint8Array(32).fill(9);
    const { book, statistics } = await jobs.draft({ source, secret, ...sizes, ...named }, () => {});
    const { prepared } = await jobs.embed({ source, secret, book, beacon, statistics, ...named }, () => {});
    return readPrepared(prepared, source.model).common.length;
  };
  expect(await changed({})).toBe(1);
  expect(await changed({ profile: 'hardened' })).toBeGreaterThan(1);
  const planned = { kind: 'language' as const, codeBook: { commonSize: 64, bits: 6 }, tracingCount: 64, terms, rates };
  expect(await jobs.plan(planned)).toMatchObject({ profile: 'fast', survival: 0, catches: null });
  expect((await jobs.plan({ ...planned, profile: 'anchored' })).survival).toBeGreaterThan(0.1);
});
