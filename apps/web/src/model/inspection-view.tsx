'use client';
import { Amount } from '@oml/ui/amount';
import { ActionList } from '#actions/action-list.tsx';
import { poolActions, readPool } from '#actions/pool-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { AccountLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { ShownBatch } from './shown-model.ts';

/**
 * What the vaults of a model set aside for its inspection, and the batches that were opened on it: the model's owner or
 * agent pays for each once, with this button or by its publisher.
 */
export function InspectionView({ modelId, batches }: { modelId: bigint; batches: readonly ShownBatch[] }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['pool', String(modelId)], (reader, on) => readPool(reader, on, modelId));
  const { pool = 0n, cap = 0n } = facts ?? {};
  return (
    <div data-testid={`inspection-${modelId}`}>
      <ActionList actions={facts ? poolActions(deployment, facts, batches) : []} empty="">
        <p className="flex flex-wrap items-center justify-between gap-x-3 py-2 text-sm">
          <span>In the pool of this model; at most {<Amount value={cap} />} for one batch</span>
          <Amount value={pool} tone={pool > 0n ? 'money' : 'plain'} data-testid={`inspection-pool-${modelId}`} />
        </p>
        {batches
          .filter(({ paid }) => paid > 0n)
          .map(({ batchId, number, itemCount, verifier, paid }) => (
            <p key={batchId} className="flex flex-wrap items-center justify-between gap-x-4 py-2 text-sm">
              <span className="inline-flex flex-wrap items-center gap-x-2">
                Batch {number} of {itemCount} items, opened by <AccountLink account={verifier} label="verifier" />
              </span>
              <span>
                paid <Amount value={paid} />
              </span>
            </p>
          ))}
      </ActionList>
    </div>
  );
}
