'use client';
import { inspectionPoolsAbi, parametersAbi } from '@oml/contracts/abis';
import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import { useReadContract } from 'wagmi';
import { PayRow } from '#vault/pay-row.tsx';
import { usePublicConfig } from '#wallet/providers.tsx';
import type { ShownBatch } from './shown-model.ts';

const FRESH = { refetchInterval: 4000 } as const;

/**
 * What the vaults of a model set aside for its inspection, and the batches that were opened on it: the model's owner or
 * agent pays for each once, with this button or by its publisher.
 */
export function InspectionView({ modelId, batches }: { modelId: bigint; batches: readonly ShownBatch[] }) {
  const { parameters, inspectionPools: address } = usePublicConfig().deployment.contracts;
  const pools = { address, abi: inspectionPoolsAbi } as const;
  const { data: pool = 0n } = useReadContract({ ...pools, functionName: 'poolOf', args: [modelId], query: FRESH });
  const { data: rates } = useReadContract({ address: parameters, abi: parametersAbi, functionName: 'verifierRates' });
  const cap = rates?.[2] ?? 0n;
  const amount = pool < cap ? pool : cap;
  return (
    <Card className="flex flex-col px-5 py-3 text-sm" data-testid={`inspection-${modelId}`}>
      <p className="flex flex-wrap items-center justify-between gap-x-3 py-1">
        <span>In the pool of this model; at most {<Amount value={cap} />} for one batch</span>
        <Amount value={pool} tone={pool > 0n ? 'money' : 'plain'} data-testid={`inspection-pool-${modelId}`} />
      </p>
      <div className="divide-y divide-line">
        {batches.map((batch) =>
          batch.opening && batch.paid === 0n ? (
            <PayRow
              key={batch.batchId}
              name={<Verifier batch={batch} />}
              amount={amount}
              label="Pay the verifier"
              call={{ ...pools, functionName: 'payBatch', args: [batch.verifier, batch.opening, amount] }}
              testId={`inspection-pay-${batch.number}`}
            />
          ) : (
            <p key={batch.batchId} className="flex flex-wrap items-center justify-between gap-x-4 py-2">
              <Verifier batch={batch} />
              <span>
                paid <Amount value={batch.paid} />
              </span>
            </p>
          ),
        )}
      </div>
    </Card>
  );
}

function Verifier({ batch: { number, itemCount, verifier } }: { batch: ShownBatch }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      Batch {number} of {itemCount} items, opened by <Hash value={verifier} label="verifier" />
    </span>
  );
}
