import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { describe, expect, it } from 'vitest';
import { reportOutcome, stepWords } from './report-words.ts';
import type { ShownReport } from './shown-report.ts';

const report: ShownReport = {
  reportId: 1n,
  kind: 'leak',
  state: 'closed',
  outcome: 'dismissed',
  reporter: '0x00000000000000000000000000000000000000A1',
  bond: 10_000_000n,
  toReporter: 0n,
  toOwner: 0n,
  toAccused: 6_000_000n,
  burned: 4_000_000n,
  filedAt: new Date(0),
};
const step = (name: string, args: Record<string, string>) => stepWords({ name, args, tx: '0x', at: new Date(0) });

describe('the words of a report', () => {
  it('say where the money went', () => {
    expect(reportOutcome(report)).toBe('The committee saw nothing; $6.00 went to the accused, $4.00 burned.');
    expect(reportOutcome({ ...report, state: 'decided', outcome: 'upheld' })).toContain('is delisted');
    expect(reportOutcome({ ...report, kind: 'name', outcome: 'upheld' })).toBe('The name impersonates and was freed.');
  });

  it('show evidence as text, wherever it stands', () => {
    const { evidenceUri } = inlineEvidence({ hits: 14 });
    expect(step('VoteRevealed', { juror: report.reporter, vote: '2', evidenceUri })).toMatchObject({
      title: expect.stringContaining('upheld'),
      body: '{"hits":14}',
    });
    expect(step('EvidenceSubmitted', { by: report.reporter, evidenceUri: 'javascript:alert(1)' })?.body).toBe(
      'javascript:alert(1)',
    );
  });

  it('count jurors, and pass over what says nothing', () => {
    expect(step('CommitteeDrawn', { jurors: '["0xa","0xb"]' })?.title).toBe('2 jurors are drawn');
    expect(step('CommitteeDrawn', { jurors: 'no list' })?.title).toBe('0 jurors are drawn');
    expect(step('JurorPaid', {})).toBeUndefined();
  });
});
