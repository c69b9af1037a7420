import { EmptyState } from '@oml/ui/empty-state';
import type { ReactNode } from 'react';

/** The frame of every page: one heading, an intro, what one can do, then the content. */
export function Page({
  title,
  intro,
  action,
  children,
}: {
  title: ReactNode;
  intro?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main id="content" className="mx-auto flex w-full max-w-6xl flex-col gap-10 px-4 pt-8">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight text-balance">{title}</h1>
          {intro ? <div className="mt-2 max-w-[72ch] text-sm text-ink-soft">{intro}</div> : null}
        </div>
        {action}
      </div>
      {children}
    </main>
  );
}

/** What a page shows where the index does not answer: what is on chain is untouched. */
export function IndexUnavailable({ title }: { title: ReactNode }) {
  return (
    <Page title={title}>
      <EmptyState title="This page cannot be shown right now" data-testid="index-unavailable">
        The part of this site that reads the chain does not answer. Nothing on chain is affected, no money moved, and
        hosts go on answering paid calls. Reload in a minute.
      </EmptyState>
    </Page>
  );
}
