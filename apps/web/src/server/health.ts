import 'server-only';
import type { Health } from '#kit/index-words.ts';
import { readHeads } from './chain-reader.ts';
import { readIndexStatus } from './index-reader.ts';

/** How chain and index stand. Block numbers as decimal strings. */
export async function readHealth(): Promise<
  Required<Pick<Health, 'chain' | 'index'>> & Health & { finalized?: string }
> {
  const [heads, index] = await Promise.all([readHeads(), readIndexStatus()]);
  return {
    chain: heads !== undefined,
    index: index !== undefined,
    ...(heads ? { head: heads.head.toString(), finalized: heads.finalized.toString() } : {}),
    ...(index ? { indexedBlock: index.indexedBlock.toString() } : {}),
    ...(index?.doubt ? { doubt: index.doubt } : {}),
    ...(heads && index ? lagOf(heads, index) : {}),
  };
}

/** Blocks, and seconds of chain time. */
function lagOf(heads: { head: bigint; headAt: Date }, index: { indexedBlock: bigint; indexedAt: Date }) {
  return {
    lag: Number(heads.head - index.indexedBlock),
    lagSeconds: Math.max(0, (heads.headAt.getTime() - index.indexedAt.getTime()) / 1000),
  };
}
