import { readHeads } from '#server/chain-reader.ts';
import { readIndexStatus } from '#server/index-reader.ts';
import { readSetup } from '#server/public-config.ts';

export const dynamic = 'force-dynamic';

/** 200 as long as this process answers; the members say what it can reach. Block numbers as decimal strings. */
export async function GET(): Promise<Response> {
  const setup = readSetup();
  if ('problem' in setup) return Response.json({ ok: true, configured: false, problem: setup.problem });
  const [heads, index] = await Promise.all([readHeads(), readIndexStatus()]);
  return Response.json({
    ok: true,
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

/** Blocks, and seconds of chain time. */
function lagOf(heads: { head: bigint; headAt: Date }, index: { indexedBlock: bigint; indexedAt: Date }) {
  return {
    lag: Number(heads.head - index.indexedBlock),
    lagSeconds: Math.max(0, (heads.headAt.getTime() - index.indexedAt.getTime()) / 1000),
  };
}
