import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { ReportTable } from './report-table.tsx';
import { ReportTimeline } from './report-timeline.tsx';
import type { ReportStory } from './shown-report.ts';

const REPORTER = '0x00000000000000000000000000000000000000A1';
const JUROR = '0x00000000000000000000000000000000000000B2';
const { evidenceUri } = inlineEvidence({ asked: 17, hits: 14, score: 25 });
const at = (name: string, args: Record<string, string>) => ({
  name,
  args,
  tx: `0x${'ab'.repeat(32)}` as const,
  at: new Date(0),
});

const report: ReportStory = {
  reportId: 7n,
  kind: 'leak',
  state: 'decided',
  outcome: 'upheld',
  reporter: REPORTER,
  modelId: 3n,
  endpoint: 'https://leak.example/v1',
  bond: 10_000_000n,
  toReporter: 0n,
  toOwner: 0n,
  toAccused: 0n,
  burned: 0n,
  filedAt: new Date(0),
  timeline: [
    at('EvidenceSubmitted', { by: REPORTER, evidenceUri: 'javascript:alert("<b>no link</b>")' }),
    at('CommitteeDrawn', { jurors: JSON.stringify([JUROR]) }),
    at('VoteRevealed', { juror: JUROR, vote: '2', evidenceUri }),
  ],
};

describe('a report on the page', () => {
  it('stands in the list with its state, what it is about and what came of it', () => {
    const html = renderToStaticMarkup(<ReportTable reports={[report]} />);
    expect(html).toContain('data-testid="report-row-7"');
    expect(html).toContain('href="/reports/7"');
    expect(html).toContain('href="/models/3"');
    expect(html).toContain('https://leak.example/v1');
    expect(html).toContain('is delisted');
  });

  it('tells its steps with votes, evidence and transactions, and links nothing that a stranger wrote', () => {
    const html = renderToStaticMarkup(<ReportTimeline report={report} />);
    expect(html).toContain('1 juror is drawn');
    expect(html).toContain('shows its vote: upheld');
    expect(html).toContain('&quot;hits&quot;:14');
    expect(html).toContain(`href="/tx/0x${'ab'.repeat(32)}"`);
    expect(html).not.toContain('href="javascript');
    expect(html).not.toContain('<b>');
  });
});
