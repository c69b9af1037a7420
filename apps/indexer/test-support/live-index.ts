import type { Database } from '@oml/db/client';
import type { PublicClient } from 'viem';
import { createIndexer, type Indexer } from '../src/indexer.ts';
import { catchUp, quiet } from './index-of.ts';
import type { InstantChain } from './instant-chain.ts';

/**
 * An index that reads by a client of its own, and the chain for a story that it follows: every transaction, every
 * waiting is indexed before the next one.
 */
export function followLive(
  chain: InstantChain,
  db: Database,
  publicClient: PublicClient,
): { indexer: Indexer; followed: InstantChain } {
  const indexer = createIndexer({ db, chain: { ...chain, publicClient }, confirmations: 0, logger: quiet });
  const followed: InstantChain = {
    ...chain,
    async send(...call) {
      const receipt = await chain.send(...call);
      await catchUp(indexer);
      return receipt;
    },
    async mine(blocks) {
      await chain.mine(blocks);
      await catchUp(indexer);
    },
  };
  return { indexer, followed };
}
