import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { StateBadge } from '@oml/ui/state-badge';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { AccountLink, HostLink, TextLink } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { PartComing } from '#kit/needs-script.tsx';
import { ReportButtons } from '#kit/wallet-islands.ts';
import { ReportTimeline } from '#report/report-timeline.tsx';
import { reportName, reportOutcome } from '#report/report-words.ts';
import { readId } from '#server/read-id.ts';
import { readReportPage } from '#server/read-reports.ts';
import type { ReportStory } from '#report/shown-report.ts';

interface Props {
  params: Promise<{ id: string }>;
}
type Facts = (readonly [ReactNode, ReactNode])[];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Report ${(await params).id}` };
}

export default async function ReportPage({ params }: Props) {
  const reportId = readId((await params).id) ?? notFound();
  const index = await readReportPage(reportId);
  if (!index) return <IndexUnavailable title={reportName({ reportId })} />;
  const { report, name } = index.data ?? notFound();
  return (
    <Page
      title={reportName(report)}
      intro={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <span data-testid="report-state">
            <StateBadge of="report" state={report.state} />
          </span>
          <span className="text-base text-ink">{reportOutcome(report)}</span>
        </span>
      }
    >
      {report.state === 'closed' ? null : <LiveRefresh everyMs={2000} />}
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_23rem]">
        <Section title="What happened">
          <Card className="p-5">
            <ReportTimeline report={report} />
          </Card>
        </Section>
        <div className="flex min-w-0 flex-col gap-8">
          <Section title="The accusation">
            <Card className="p-5">
              <Facts rows={accusation(report, name)} />
            </Card>
          </Section>
          <Section title="Committee">
            <Card className="p-5">
              <Facts rows={committee(report)} />
            </Card>
          </Section>
          <Section title="Who can act">
            <ReportButtons reportId={report.reportId} fallback={<PartComing title="Asking the contracts" />} />
          </Section>
          {report.state === 'closed' ? (
            <Section title="Money">
              <Card className="p-5">
                <Facts
                  rows={[
                    ['To the reporter', <Amount key="v" value={report.toReporter} />],
                    ['To the owner', <Amount key="v" value={report.toOwner} />],
                    ['To the accused', <Amount key="v" value={report.toAccused} />],
                    ['Burned', <Amount key="v" value={report.burned} />],
                  ]}
                />
              </Card>
            </Section>
          ) : null}
        </div>
      </div>
    </Page>
  );
}

function accusation(report: ReportStory, name: string | undefined): Facts {
  const rows: Facts = [];
  if (report.modelId !== undefined)
    rows.push([
      'Model',
      <TextLink key="v" href={`/models/${report.modelId}`}>
        Model {String(report.modelId)}
      </TextLink>,
    ]);
  if (report.endpoint) rows.push(['Endpoint', <span key="v">{report.endpoint}</span>]);
  if (name)
    rows.push([
      'Name',
      <TextLink key="v" href={`/names/${name}`}>
        {name}
      </TextLink>,
    ]);
  if (report.licenseId !== undefined) rows.push(['License', String(report.licenseId)]);
  rows.push(['Accused', report.accused ? <HostLink key="v" account={report.accused} /> : 'nobody known']);
  rows.push(['Reporter', <AccountLink key="v" account={report.reporter} label="reporter" />]);
  rows.push(['Bond', <Amount key="v" value={report.bond} />]);
  if (report.appealBy && report.state !== 'closed') rows.push(['Appeal until', <Ago key="v" at={report.appealBy} />]);
  return rows;
}

function committee({ committee: it }: ReportStory): Facts {
  if (!it) return [['Committee', 'not known yet']];
  const votes = Object.entries(it.votes).map(([vote, seats]) => `${seats} ${vote}`);
  return [
    ['State', it.state],
    ['Draw', `${it.draw} of 3`],
    [
      'Jurors',
      it.jurors.length === 0
        ? 'none yet'
        : it.jurors.map((juror) => (
            <div key={juror}>
              <AccountLink account={juror} label="juror" />
            </div>
          )),
    ],
    ['Votes shown', votes.join(', ') || 'none yet'],
    ...(it.voteBy && it.state === 'voting' ? ([['Votes until', <Ago key="v" at={it.voteBy} />]] as const) : []),
  ];
}
