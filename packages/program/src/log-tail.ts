import type { PublicClient } from 'viem';
import { readLogs, type BlockRange } from './read-logs.ts';

export interface LogTailOptions<Log> {
  publicClient: Pick<PublicClient, 'getBlockNumber'>;
  startBlock: bigint;
  rereadBlocks?: bigint;
  sliceBlocks?: bigint;
  read: (range: BlockRange) => Promise<readonly Log[]>;
}

/**
 * All logs of a kind from a block on, kept in memory: every look asks the chain only for what is new, and again for the
 * last blocks, whose logs a reorganisation may have replaced. Looks that overlap share one reading.
 */
export function createLogTail<Log extends { blockNumber: bigint }>({
  publicClient,
  startBlock,
  rereadBlocks = 16n,
  sliceBlocks,
  read,
}: LogTailOptions<Log>): () => Promise<readonly Log[]> {
  let kept: Log[] = [];
  let next = startBlock;
  let reading: Promise<readonly Log[]> | undefined;

  const look = async () => {
    const head = await publicClient.getBlockNumber();
    const reached = next > head + 1n ? head + 1n : next;
    const fromBlock = reached - rereadBlocks > startBlock ? reached - rereadBlocks : startBlock;
    const slice = sliceBlocks === undefined ? {} : { sliceBlocks };
    const fresh = await readLogs({ fromBlock, toBlock: head, read, ...slice });
    kept = [...kept.filter(({ blockNumber }) => blockNumber < fromBlock), ...fresh];
    next = head + 1n;
    return kept;
  };
  return () => (reading ??= look().finally(() => (reading = undefined)));
}
