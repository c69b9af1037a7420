'use client';
import { Note } from '@oml/ui/empty-state';
import { StateBadge } from '@oml/ui/state-badge';
import { TrackedState } from '#tracker/tracked-state.tsx';
import { Problem } from './problem.tsx';
import type { WriteStatus as Status } from './use-write.ts';

/** Where a write stands: in the wallet, pending, included, final, or refused with the reason. */
export function WriteStatus({ status, ...props }: { status: Status; 'data-testid'?: string }) {
  const { state, tracked, problem } = status;
  if (state === 'idle') return null;
  if (state === 'failed' && problem)
    return (
      <div className="flex flex-col gap-2" {...props}>
        <Problem explanation={problem} />
        {tracked ? <TrackedState tracked={tracked} /> : null}
      </div>
    );
  return (
    <Note role="status" {...props}>
      {tracked ? <TrackedState tracked={tracked} /> : <StateBadge of="transaction" state="signing" />}
    </Note>
  );
}
