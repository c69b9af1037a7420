import { readHeads } from '../../../server/chain-reader.ts';
import { readIndexStatus } from '../../../server/index-reader.ts';
import { readSetup } from '../../../server/public-config.ts';

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
    ...(heads && index ? { lag: Number(heads.head - index.indexedBlock) } : {}),
  });
}
