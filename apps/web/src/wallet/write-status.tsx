'use client';
import { Note } from '@oml/ui/empty-state';
import { StateBadge } from '@oml/ui/state-badge';
import { Problem } from './problem.tsx';
import { TransactionState } from './transaction-state.tsx';
import type { WriteStatus as Status } from './use-write.ts';

/** Where a write stands: in the wallet, pending, included, final, or refused with the reason. */
export function WriteStatus({ status, ...props }: { status: Status; 'data-testid'?: string }) {
  if (status.state === 'idle') return null;
  if (status.state === 'failed' && status.problem) return <Problem explanation={status.problem} {...props} />;
  return (
    <Note role="status" {...props}>
      {status.hash ? <TransactionState hash={status.hash} /> : <StateBadge of="transaction" state="signing" />}
    </Note>
  );
}
