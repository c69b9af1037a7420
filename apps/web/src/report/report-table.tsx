import { Ago } from '@oml/ui/ago';
import { StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { TextLink } from '#kit/links.tsx';
import { reportName, reportOutcome } from './report-words.ts';
import type { ShownReport } from './shown-report.ts';

/** Reports, newest first. */
export function ReportTable({ reports }: { reports: readonly ShownReport[] }) {
  return (
    <Table label="Reports, newest first">
      <Head>
        <Heading>Report</Heading>
        <Heading>State</Heading>
        <Heading>About</Heading>
        <Heading>What came of it</Heading>
        <Heading numeric>When</Heading>
      </Head>
      <Body>
        {reports.map((report) => (
          <Row key={String(report.reportId)} data-testid={`report-row-${report.reportId}`}>
            <Cell label="Report" className="whitespace-nowrap">
              <TextLink href={`/reports/${report.reportId}`}>{reportName(report)}</TextLink>
            </Cell>
            <Cell label="State">
              <StateBadge of="report" state={report.state} />
            </Cell>
            <Cell label="About">
              {report.modelId === undefined ? (
                'A name'
              ) : (
                <TextLink href={`/models/${report.modelId}`}>Model {String(report.modelId)}</TextLink>
              )}
              {report.endpoint ? <div className="break-all text-xs text-ink-soft">{report.endpoint}</div> : null}
            </Cell>
            <Cell label="What came of it" className="min-w-56 text-ink-soft">
              {reportOutcome(report)}
            </Cell>
            <Cell label="When" numeric className="text-ink-soft">
              <Ago at={report.filedAt} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
