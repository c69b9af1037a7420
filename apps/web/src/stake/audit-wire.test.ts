import type { Audit } from '@oml/protocol/wire/audit';
import { describe, expect, it } from 'vitest';
import { auditWords, receiptsWords } from './audit-wire.ts';

const audit = (fields: Partial<Audit>): Audit => ({
  id: '1',
  kind: 'paid-use',
  state: 'running',
  target: {},
  steps: [],
  ...fields,
});

it('receiptsWords counts what a claim accuses', () =>
  expect([1, 2].map(receiptsWords)).toEqual(['1 receipt', '2 receipts']));

describe('auditWords', () => {
  it('never calls a missing match innocence', () =>
    expect(auditWords(audit({ state: 'done', outcome: 'inconclusive' }))).toEqual({
      word: 'Inconclusive',
      tone: 'plain',
    }));
  it('says how far a running audit is', () =>
    expect(auditWords(audit({ steps: [{ name: 'anchor' }] })).word).toBe('Running: anchor'));
  it('shows a failure', () =>
    expect(auditWords(audit({ state: 'failed', error: { code: 'CHAIN_REVERTED', message: 'no' } })).tone).toBe('risk'));
});
