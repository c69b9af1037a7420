import { blockBeaconAbi, claimCourtAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { readLogs } from '@oml/program/read-logs';
import { batchId as batchIdOf, keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import { encodeEventTopics, parseEventLogs, type Abi, type Address } from 'viem';
import type { PublisherContext } from '../publisher.ts';

/** How often keys of a release were asked, as far as the chain says. */
export interface RestoredWear {
  modelId: string;
  release: number;
  batches: number;
}

interface ShownBatch {
  verifier: Address;
  opening: BatchOpening;
  block: bigint;
}

/**
 * Notes again which keys of the models that were published here were asked: those of every batch that its verifier
 * opened, or claimed with, from here or not. What was granted and never shown, nobody knows any more.
 */
export async function restoreWear({ chain, grants, minted }: PublisherContext): Promise<RestoredWear[]> {
  const releases = [...(await minted.releases()).values()].flat();
  const shown = [...(await openedBatches(chain)), ...(await claimedBatches(chain))];
  const found: RestoredWear[] = [];
  for (const { modelId, release, facts } of releases) {
    const asked = new Map(
      shown
        .filter(({ opening }) => String(opening.modelId) === modelId && opening.release === release)
        .map((batch) => [batchIdOf(batch.verifier, batch.opening), batch] as const),
    );
    for (const [batchId, { verifier, opening, block }] of asked) {
      const { timestamp } = await chain.publicClient.getBlock({ blockNumber: block });
      const firstKey = keyIndexAt(await beaconOf(chain, batchId), batchId, 0, facts.codeBook.commonSize);
      await grants.noteAsked({ batchId, verifier, opening }, { firstKey, at: Number(timestamp) * 1_000 });
    }
    if (asked.size > 0) found.push({ modelId, release, batches: asked.size });
  }
  return found;
}

/** Of a batch that was shown: it was drawn before. */
async function beaconOf({ publicClient, deployment }: Chain, batchId: `0x${string}`) {
  const { verifierRegistry, beacon } = deployment.contracts;
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi, functionName: 'batch' } as const;
  const { round } = await publicClient.readContract({ ...registry, args: [batchId] });
  const rounds = { address: beacon, abi: blockBeaconAbi, functionName: 'valueOf', args: [round] } as const;
  return publicClient.readContract(rounds);
}

async function openedBatches(chain: Chain): Promise<ShownBatch[]> {
  const event = { abi: verifierRegistryAbi, eventName: 'BatchOpened' } as const;
  const logs = parseEventLogs({ ...event, strict: true, logs: await logsOf(chain, 'verifierRegistry', event) });
  return logs.map(({ args: { verifier, opening }, blockNumber }) => ({ verifier, opening, block: blockNumber }));
}

async function claimedBatches(chain: Chain): Promise<ShownBatch[]> {
  const event = { abi: claimCourtAbi, eventName: 'DisguisedUseClaimed' } as const;
  const logs = parseEventLogs({ ...event, strict: true, logs: await logsOf(chain, 'claimCourt', event) });
  return logs.map(({ args, blockNumber }) => ({ verifier: args.claimant, opening: args.batch, block: blockNumber }));
}

async function logsOf(
  chain: Chain,
  contract: 'verifierRegistry' | 'claimCourt',
  event: { abi: Abi; eventName: string },
) {
  const { publicClient, deployment } = chain;
  const filter = { addresses: [deployment.contracts[contract]], topics: wordsOf(encodeEventTopics(event)) };
  const fromBlock = BigInt(deployment.deployedAtBlock);
  return readLogs({ fromBlock, toBlock: await publicClient.getBlockNumber(), read: trueLogs(chain, filter) });
}
