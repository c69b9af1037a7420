import { getName } from '@oml/db/names';
import { listReports } from '@oml/db/reports';
import { isName } from '@oml/protocol/evidence/name';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { HostLink, TextLink } from '#kit/links.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { ReportTable } from '#report/report-table.tsx';
import { readIndex } from '#server/index-reader.ts';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

export default async function NamePage({ params }: Props) {
  const { name: text } = await params;
  if (!isName(text)) notFound();
  const index = await readIndex(async (db) => {
    const name = await getName(db, text);
    return name && { name, reports: await listReports(db, { nameId: name.nameId }) };
  });
  if (!index) return <IndexUnavailable title={text} />;
  const { name, reports } = index.data ?? notFound();
  return (
    <Page title={name.text} intro={<p>A name for people to read, backed by a deposit.</p>}>
      <Section title="Who holds it">
        <Card className="p-5" data-testid="name-facts">
          <Facts
            rows={[
              ['Holder', name.holder ? <HostLink key="v" account={name.holder} /> : 'nobody: it is free'],
              [
                'Points to',
                name.modelId > 0n ? (
                  <TextLink key="v" href={`/models/${name.modelId}`}>
                    Model {String(name.modelId)}
                  </TextLink>
                ) : (
                  'nothing'
                ),
              ],
              ['Deposit', <Amount key="v" value={name.deposit} />],
              ['Registered', <Ago key="v" at={name.registeredAt} />],
              ...(name.reserved
                ? ([['Reserved for', <Hash key="v" value={name.reserved.for} label="account" />]] as const)
                : []),
            ]}
          />
        </Card>
      </Section>
      <Section title="Reports on it">
        {reports.length > 0 ? (
          <ReportTable reports={reports} />
        ) : (
          <EmptyState title="No report">Nobody says that it impersonates.</EmptyState>
        )}
      </Section>
    </Page>
  );
}
