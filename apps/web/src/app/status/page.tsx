import { Card, Facts, Section } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import { Note } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { LINK_LOOK } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { Page } from '#kit/page.tsx';
import { readSetup } from '#server/public-config.ts';
import { readStatus } from '#server/read-status.ts';
import { PartList } from '#status/part-list.tsx';

export const metadata: Metadata = {
  title: 'Status',
  description: 'What runs, how far the index is behind the chain, and the addresses of this deployment.',
  alternates: { canonical: '/status' },
};

export default async function StatusPage() {
  const setup = readSetup();
  const parts = await readStatus();
  const troubled = parts.filter(({ state }) => state === 'down' || state === 'behind');
  return (
    <Page
      title="Status"
      intro={
        <p>
          What this site stands on, asked when the page is made. For programs:{' '}
          <a href="/api/health" className={LINK_LOOK}>
            /api/health
          </a>
          .
        </p>
      }
    >
      <LiveRefresh />
      <Section title="What runs">
        <div className="flex flex-col gap-4">
          <Note tone={troubled.length > 0 ? 'risk' : 'accent'} data-testid="status-whole">
            {troubled.length > 0
              ? `Not in order: ${troubled.map(({ name }) => name.toLowerCase()).join(', ')}.`
              : 'Everything that was asked answers.'}
          </Note>
          <PartList parts={parts} />
        </div>
      </Section>
      {'config' in setup ? (
        <Section
          title="Deployment"
          note="What commands and agents read as OML_DEPLOYMENT."
          action={
            <a href="/status/deployment.json" className={`${LINK_LOOK} text-sm`}>
              deployment.json
            </a>
          }
        >
          <Card className="p-5">
            <Facts
              rows={[
                ['Chain', setup.config.chainId],
                ['Deployed at block', setup.config.deployment.deployedAtBlock],
                ...Object.entries(setup.config.deployment.contracts).map(
                  ([name, address]) => [words(name), <Hash key={name} value={address} label={words(name)} />] as const,
                ),
              ]}
            />
          </Card>
        </Section>
      ) : null}
    </Page>
  );
}

/** `claimCourt` as people write it. */
const words = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());
