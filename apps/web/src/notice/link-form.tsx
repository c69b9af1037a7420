import { Button } from '@oml/ui/button';
import type { ReactNode } from 'react';
import { Page } from '#kit/page.tsx';

/** The page of a link in a mail: one sentence and one button, which needs no script. */
export function LinkForm({
  title,
  action,
  verb,
  children,
}: {
  title: string;
  /** What the button posts to. */
  action: string;
  verb: string;
  children: ReactNode;
}) {
  return (
    <Page title={title}>
      <form method="post" action={action} className="flex flex-col items-start gap-4 text-sm">
        <p className="max-w-[64ch] text-ink-soft">{children}</p>
        <Button type="submit" variant="primary">
          {verb}
        </Button>
      </form>
    </Page>
  );
}
