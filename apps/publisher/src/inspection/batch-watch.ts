import { verifierRegistryAbi } from '@oml/contracts/abis';
import { followLogs } from '@oml/program/follow-logs';
import { Runs } from '@oml/program/runs';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import { encodeEventTopics, parseEventLogs } from 'viem';
import { inspection, inspectionId } from '../programs/inspection.ts';
import type { PublisherStore, PublisherTables } from '../store.ts';
import type { OpenedBatch } from './pay-batch.ts';

/** Orders a payment for every batch that a verifier opened and that got its probes here. */
export async function watchBatches(
  chain: Chain,
  store: PublisherStore,
  isGranted: (batchId: string) => Promise<boolean>,
): Promise<void> {
  const { publicClient, deployment } = chain;
  const event = { abi: verifierRegistryAbi, eventName: 'BatchOpened' } as const;
  const addresses = [deployment.contracts.verifierRegistry];
  const readOpened = trueLogs(chain, { addresses, topics: wordsOf(encodeEventTopics(event)) });
  await followLogs<OpenedBatch, PublisherTables>({
    store,
    cursor: 'batches',
    publicClient,
    startBlock: BigInt(deployment.deployedAtBlock),
    read: async (range) => {
      const logs = parseEventLogs({ ...event, logs: await readOpened(range), strict: true });
      const opened: OpenedBatch[] = [];
      for (const { args } of logs) {
        const { batchId, verifier, opening } = args;
        // A juror's own look at a leak names no license: its committee pays for it, and who is paid here sits on none.
        if (opening.licenseIds.length === 0) continue;
        // Whoever opens a batch without having asked us for its keys has inspected nothing.
        if (await isGranted(batchId)) opened.push({ batchId, verifier, opening });
      }
      return opened;
    },
    note: async (db, found) => {
      const runs = new Runs({ ...store, db });
      for (const batch of found) await runs.add(inspection, batch, inspectionId(batch.batchId));
    },
  });
}
