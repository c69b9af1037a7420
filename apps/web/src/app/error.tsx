'use client';
import { Button } from '@oml/ui/button';
import { EmptyState } from '@oml/ui/empty-state';
import { Page } from '#kit/page.tsx';

/** A slip of this page; what is on chain is untouched. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Page title="This page failed">
      <EmptyState title="Something went wrong on this side" action={<Button onClick={reset}>Try again</Button>}>
        Nothing on chain is affected, and nothing was sent.
        {error.digest ? ` The server’s log has it as ${error.digest}.` : ''}
      </EmptyState>
    </Page>
  );
}
