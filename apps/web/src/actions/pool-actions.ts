import type { Deployment } from '@oml/protocol/chain/deployment';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { shortHex } from '@oml/ui/short-hex';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, type Action } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';

/** What lies in the inspection pool of a model, the most that one batch gets of it, and who pays out. */
export async function readPool(reader: Reader, deployment: Deployment, modelId: bigint) {
  const { pools, parameters, models } = contractsOf(deployment);
  const [pool, [, , cap], owner, { agent }] = await Promise.all([
    reader.readContract({ ...pools, functionName: 'poolOf', args: [modelId] }),
    reader.readContract({ ...parameters, functionName: 'verifierRates' }),
    reader.readContract({ ...models, functionName: 'ownerOf', args: [modelId] }),
    reader.readContract({ ...models, functionName: 'model', args: [modelId] }),
  ]);
  return { pool, cap, deliverers: [owner, agent] };
}

export type PoolFacts = Awaited<ReturnType<typeof readPool>>;

/** A batch that was opened on a model. */
export interface OpenedBatch {
  batchId: Hex;
  number: number;
  itemCount?: number;
  verifier: Address;
  opening?: BatchOpening;
  paid: bigint;
}

/** Pays verifiers who opened a batch, once each. */
export function poolActions(
  deployment: Deployment,
  { pool, cap, deliverers }: PoolFacts,
  batches: readonly OpenedBatch[],
): Action[] {
  const { pools } = contractsOf(deployment);
  const amount = pool < cap ? pool : cap;
  return batches.flatMap(({ number, itemCount = 0, verifier, opening, paid }): Action[] =>
    opening && paid === 0n
      ? [
          {
            id: `inspection-pay-${number}`,
            rows: [40],
            title: 'Pay the verifier',
            effect: `Batch ${number} of ${itemCount} items, opened by ${shortHex(verifier)}.`,
            who: { accounts: deliverers, word: 'the owner or its agent' },
            amount,
            steps: only(callOf({ ...pools, functionName: 'payBatch', args: [verifier, opening, amount] })),
          },
        ]
      : [],
  );
}
