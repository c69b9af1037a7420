import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { TextLink } from '#kit/links.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { ModerationList } from '#moderation/moderation-list.tsx';
import { readId } from '#server/read-id.ts';
import { readModeration } from '#server/read-moderation.ts';

export const metadata: Metadata = {
  title: 'Moderation',
  description: 'Every model that the operator of this site took off its lists, with who, when, why and until when.',
};

export default async function ModerationPage({
  searchParams,
}: {
  searchParams: Promise<{ before?: string | string[] }>;
}) {
  const { before } = await searchParams;
  const index = await readModeration(typeof before === 'string' ? readId(before) : undefined);
  if (!index) return <IndexUnavailable title="Moderation" />;
  const { entries, next } = index.data;
  return (
    <Page
      title="Moderation"
      intro={
        <p>
          What the operator of this site shows is the operator’s choice; what is on chain is not. A model that is taken
          down leaves lists, search, sitemap and its demo here, and keeps its page by number, with the reason. Nothing
          in this log is ever changed or deleted.
        </p>
      }
    >
      <Section title="Log">
        {entries.length > 0 ? (
          <ModerationList entries={entries} />
        ) : (
          <EmptyState title="Nothing was taken down">No operator has done anything about a model so far.</EmptyState>
        )}
        {next === undefined ? null : (
          <p className="mt-3 text-sm">
            <TextLink href={`/moderation?before=${next}`}>Older entries</TextLink>
          </p>
        )}
      </Section>
      <Section title="What an operator does not decide">
        <ul className="flex max-w-[72ch] list-disc flex-col gap-2 pl-5 text-sm">
          <li>
            A name that impersonates, or an endpoint that serves without a license: file a{' '}
            <TextLink href="/reports">report</TextLink>. A committee hears it, and an arbitrator hears appeals.
          </li>
          <li>
            A use that was not paid, or answers of another model: the <TextLink href="/claims">claim court</TextLink>.
          </li>
          <li>
            Against a takedown: other sites show the same chain, and the index of this one is{' '}
            <TextLink href="/docs/guides/marketplace">anybody’s to run</TextLink>.
          </li>
        </ul>
      </Section>
    </Page>
  );
}
