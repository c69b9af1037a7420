import { EmptyState } from '@oml/ui/empty-state';
import type { ReactNode } from 'react';
import { WantButton } from './connect-slot.tsx';
import { NeedsScript } from './needs-script.tsx';

/** What stands where a page shows nothing without a wallet: which one, and the button. */
export function ConnectFirst({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <>
      <EmptyState title={title} action={<WantButton />}>
        {children}
      </EmptyState>
      <NeedsScript />
    </>
  );
}
