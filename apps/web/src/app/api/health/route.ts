import { readHeads } from '#server/chain-reader.ts';
import { readIndexStatus } from '#server/index-reader.ts';
import { readSetup } from '#server/public-config.ts';

export const dynamic = 'force-dynamic';

/**
 * 200 while pages can show what the chain says, else 503: not set up, chain or index silent, index in doubt. Block
 * numbers as decimal strings.
 */
export async function GET(): Promise<Response> {
  const setup = readSetup();
  if ('problem' in setup) return answer({ ok: false, configured: false, problem: setup.problem });
  const [heads, index] = await Promise.all([readHeads(), readIndexStatus()]);
  return answer({
    ok: heads !== undefined && index !== undefined && index.doubt === undefined,
    configured: true,
    chainId: setup.config.chainId,
    chain: heads !== undefined,
    index: index !== undefined,
    ...(heads ? { head: heads.head.toString(), finalized: heads.finalized.toString() } : {}),
    ...(index ? { indexedBlock: index.indexedBlock.toString() } : {}),
    ...(index?.doubt ? { doubt: index.doubt } : {}),
    ...(heads && index ? lagOf(heads, index) : {}),
  });
}

const answer = (says: { ok: boolean } & Record<string, unknown>): Response =>
  Response.json(says, { status: says.ok ? 200 : 503, headers: { 'cache-control': 'no-store' } });

/** Blocks, and seconds of chain time. */
function lagOf(heads: { head: bigint; headAt: Date }, index: { indexedBlock: bigint; indexedAt: Date }) {
  return {
    lag: Number(heads.head - index.indexedBlock),
    lagSeconds: Math.max(0, (heads.headAt.getTime() - index.indexedAt.getTime()) / 1000),
  };
}
