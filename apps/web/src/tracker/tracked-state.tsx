'use client';
import { StateBadge } from '@oml/ui/state-badge';
import { TxLink } from '#kit/links.tsx';
import { blockWords } from './tracked-words.ts';
import type { Tracked } from './tracked.ts';
import { useTracker } from './tracker.tsx';

/** Where one transaction stands: its state, its newest hash, its block, and whether pages know it yet. */
export function TrackedState({ tracked }: { tracked: Tracked }) {
  const { indexedBlock } = useTracker();
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <StateBadge of="transaction" state={tracked.state} />
      {tracked.batch === undefined ? <TxLink hash={tracked.hash} /> : null}
      <span className="text-xs text-ink-soft tabular-nums">
        {tracked.hash === tracked.id || tracked.nonce === undefined ? null : 'sent again with another fee, '}
        {blockWords(tracked, indexedBlock)}
      </span>
    </span>
  );
}
