import type { BlockRange } from '@oml/program/read-logs';
import { createTrueLogs, type LogFilter, type MinedLog } from '@oml/program/true-logs';
import { isOmlError } from '@oml/protocol/error';
import type { LogTopic, PublicClient } from 'viem';
import type { Chain } from './chain.ts';

/** Topics as viem encodes them, each place as the words that may stand there. */
export const wordsOf = (topics: readonly LogTopic[]): LogFilter['topics'] =>
  topics.map((topic) => (topic === null ? null : [topic].flat()));

type Read = (range: BlockRange) => Promise<MinedLog[]>;

/** What was checked is remembered for as long as the client is. */
const readers = new WeakMap<PublicClient, Map<string, Read>>();

/**
 * Reads logs that money hangs on: checked against the blocks, and put back where the node left one out; which is then
 * held against the node. Throws, retryable, CHAIN_IN_DOUBT where what a node tells does not fit its blocks; the next
 * one is asked then.
 */
export function trueLogs({ publicClient, nodes }: Pick<Chain, 'publicClient' | 'nodes'>, filter: LogFilter): Read {
  const ofClient = readers.get(publicClient) ?? new Map<string, Read>();
  readers.set(publicClient, ofClient);
  const key = JSON.stringify(filter);
  const known = ofClient.get(key);
  if (known) return known;
  const checked = createTrueLogs({ publicClient, filter });
  const read: Read = async (range) => {
    const node = nodes.inUse();
    // Where another was asked in between, nobody can tell which of them it was.
    const blame = (why: string) => node && nodes.inUse() === node && nodes.putAside(node, { fault: 'omits', why });
    let found: string | undefined;
    try {
      return await checked(range, (omitted) => {
        found = `it left out ${omitted.length} logs, of block ${omitted[0]!.blockNumber} and on`;
      });
    } catch (error) {
      if (isOmlError(error) && error.code === 'CHAIN_IN_DOUBT') found = error.message;
      throw error;
    } finally {
      if (found) blame(found);
    }
  };
  ofClient.set(key, read);
  return read;
}
