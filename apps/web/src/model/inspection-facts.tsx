import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import { AccountLink } from '#kit/links.tsx';
import type { ShownBatch } from './shown-model.ts';

interface InspectionFactsProps {
  batches: readonly ShownBatch[];
  /** What lies in the model's pool. */
  pool: bigint;
  /** Most for one batch; undefined while the chain is silent. */
  cap: bigint | undefined;
}

/** What the vaults of a model set aside for its inspection, and the batches that were opened on it. */
export function InspectionFacts({ batches, pool, cap }: InspectionFactsProps) {
  return (
    <Card className="flex flex-col divide-y divide-line px-5 py-3 text-sm">
      <p className="flex flex-wrap items-center justify-between gap-x-3 py-2">
        <span>
          In the pool of this model
          {cap === undefined ? null : (
            <>
              ; at most <Amount value={cap} /> for one batch
            </>
          )}
        </span>
        <Amount value={pool} tone={pool > 0n ? 'money' : 'plain'} />
      </p>
      {batches.map(({ batchId, number, itemCount, verifier, paid }) => (
        <p key={batchId} className="flex flex-wrap items-center justify-between gap-x-4 py-2">
          <span className="inline-flex flex-wrap items-center gap-x-2">
            Batch {number} of {itemCount} items, opened by <AccountLink account={verifier} label="verifier" />
          </span>
          {paid > 0n ? (
            <span>
              paid <Amount value={paid} />
            </span>
          ) : (
            <span className="text-ink-soft">not paid yet</span>
          )}
        </p>
      ))}
    </Card>
  );
}
