import { EmptyState, Note } from '@oml/ui/empty-state';
import type { ReactNode } from 'react';

/** What stands in the place of a part that scripts draw; to whom has none it says so. */
export function PartComing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <>
      <EmptyState title={title}>{children}</EmptyState>
      <NeedsScript />
    </>
  );
}

/** Says where JavaScript is needed, to those who run none. */
export function NeedsScript() {
  return (
    <noscript>
      <Note>This part needs JavaScript: it works with your wallet or asks others from your browser.</Note>
    </noscript>
  );
}
