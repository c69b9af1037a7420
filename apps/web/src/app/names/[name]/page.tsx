import { isName, nameId } from '@oml/protocol/evidence/name';
import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { PartComing } from '#kit/needs-script.tsx';
import { NameActions } from '#kit/wallet-islands.ts';
import { NameFacts } from '#name/name-facts.tsx';
import { readNamePage } from '#server/read-reports.ts';
import { ReportTable } from '#report/report-table.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

export default async function NamePage({ params }: Props) {
  const { name: text } = await params;
  if (!isName(text)) notFound();
  const index = await readNamePage(text);
  if (!index) return <IndexUnavailable title={text} />;
  const { name, reports } = index.data ?? notFound();
  return (
    <Page title={name.text} intro={<p>A name for people to read, backed by a deposit.</p>}>
      <Section title="Who holds it">
        <NameFacts name={name} />
      </Section>
      <Section title="What can be done">
        <NameActions name={{ ...name, nameId: nameId(text) }} fallback={<PartComing title="Asking the contracts" />} />
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
