import { Button } from '@oml/ui/button';
import { Card, Section } from '@oml/ui/card';
import { EmptyState, Note } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { TextLink } from '#kit/links.tsx';
import { Page } from '#kit/page.tsx';
import { LONGEST_QUESTION } from '#search/shown-search.ts';
import { readSearch } from '#server/read-search.ts';

export const metadata: Metadata = { title: 'Search', robots: { index: false } };

interface Props {
  searchParams: Promise<{ q?: string | string[] }>;
}

export default async function SearchPage({ searchParams }: Props) {
  const { q: asked } = await searchParams;
  const q = ((Array.isArray(asked) ? asked[0] : asked) ?? '').slice(0, LONGEST_QUESTION);
  const { groups, isPartial } = await readSearch(q);
  return (
    <Page title="Search" intro="Models, names, accounts, claims, transactions, docs. Ctrl-K asks from every page.">
      <form action="/search" role="search" className="-mt-4 flex max-w-2xl gap-2">
        <label className="min-w-0 flex-1">
          <span className="sr-only">Search everything</span>
          <input
            name="q"
            type="search"
            defaultValue={q}
            maxLength={LONGEST_QUESTION}
            placeholder="A word, a name, a number, an address or a hash"
            className="h-10 w-full rounded-md border border-line-strong bg-surface px-3 text-sm placeholder:text-ink-faint"
          />
        </label>
        <Button type="submit">Search</Button>
      </form>
      {isPartial ? <Note tone="risk">The index does not answer: only the docs were searched.</Note> : null}
      {q.trim() && groups.length === 0 ? (
        <EmptyState title="Nothing matches">
          Models are found by the beginnings of words, names by theirs; addresses and hashes by all of their digits.
        </EmptyState>
      ) : null}
      {groups.map(({ title, hits }) => (
        <Section key={title} title={title}>
          <Card className="divide-y divide-line">
            {hits.map(({ href, title: name, note }) => (
              <p key={href} className="px-4 py-2.5 text-sm">
                <TextLink href={href}>{name}</TextLink> <span className="text-xs text-ink-soft">{note}</span>
              </p>
            ))}
          </Card>
        </Section>
      ))}
    </Page>
  );
}
