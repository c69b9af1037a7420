import { Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { TextLink } from '#kit/links.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readReports } from '#server/read-reports.ts';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { ReportForm } from '#kit/wallet-islands.ts';
import { ReportTable } from '#report/report-table.tsx';

export const metadata: Metadata = { title: 'Reports' };

export default async function ReportsPage() {
  const index = await readReports();
  if (!index) return <IndexUnavailable title="Reports" />;
  const { reports, names } = index.data;
  return (
    <Page
      title="Reports"
      intro={
        <p>
          A <Definition of="report" /> is about what no contract can check: an endpoint that serves a model and signs
          nothing, or a name that impersonates. A <Definition of="committee" /> decides, and an arbitrator hears
          appeals.
        </p>
      }
    >
      <LiveRefresh />
      <Section title={`${reports.length} reports`}>
        {reports.length > 0 ? (
          <ReportTable reports={reports} />
        ) : (
          <EmptyState title="No report yet">Nobody has reported an endpoint or a name so far.</EmptyState>
        )}
      </Section>
      <Section title="Report an endpoint" note="Names are reported on their own pages.">
        <ReportForm fallback={<ConnectFirst title="Connect the wallet that posts the bond of the report" />} />
      </Section>
      <Section
        title={`${names.length} names`}
        note={
          <>
            Each is backed by a deposit; <TextLink href="/own">register one</TextLink>.
          </>
        }
      >
        {names.length > 0 ? (
          <ul className="flex flex-wrap gap-x-4 gap-y-2 text-sm">
            {names.map((text) => (
              <li key={text}>
                <TextLink href={`/names/${text}`}>{text}</TextLink>
              </li>
            ))}
          </ul>
        ) : (
          <EmptyState title="No name yet">Nobody has claimed a name so far.</EmptyState>
        )}
      </Section>
    </Page>
  );
}
