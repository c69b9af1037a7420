import { Card, Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import { DocList } from '#docs/doc-list.tsx';
import { LINK_LOOK, TextLink } from '#kit/links.tsx';
import { Page } from '#kit/page.tsx';
import { listDocs } from '#server/docs.ts';

export const metadata: Metadata = {
  title: 'Docs',
  description: 'Guides for buyers, owners, hosts and verifiers; the API of a host; the protocol, its rules and words.',
  alternates: { canonical: '/docs' },
};

const PARTS = [
  ['guides', 'Guides', 'One for each role; their commands were run.'],
  ['specs', 'The protocol', 'Its words, its rules, and where each of them stands.'],
  ['benchmarks', 'Figures', 'What was measured, each with the command that measures it again.'],
  ['decisions', 'Decisions', 'Why it is so, and what was left aside.'],
] as const;

export default async function DocsPage() {
  const docs = await listDocs();
  return (
    <Page title="Docs" intro="Out of the repository, as it stands where this site runs.">
      <Section title="API" note="Any OpenAI client with a budget can call a host; so can a line of curl.">
        <Card className="px-4 py-2.5 text-sm">
          <TextLink href="/docs/api">The API of a host</TextLink>
          <p className="mt-0.5 text-xs text-ink-soft">
            Paths, bodies, answers and refusals; as a file for programs:{' '}
            <a href="/docs/api/openapi.json" className={LINK_LOOK}>
              OpenAPI 3.1
            </a>
          </p>
        </Card>
      </Section>
      {PARTS.map(([folder, title, note]) => (
        <DocList
          key={folder}
          title={title}
          note={note}
          docs={docs.filter(({ path }) => path.startsWith(`${folder}/`))}
        />
      ))}
    </Page>
  );
}
