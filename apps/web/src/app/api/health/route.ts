import { readHealth } from '#server/health.ts';
import { readSetup } from '#server/public-config.ts';

export const dynamic = 'force-dynamic';

/**
 * 200 while pages can show what the chain says, else 503: not set up, chain or index silent, index in doubt. Block
 * numbers as decimal strings.
 */
export async function GET(): Promise<Response> {
  const setup = readSetup();
  if ('problem' in setup) return answer({ ok: false, configured: false, problem: setup.problem });
  const health = await readHealth();
  const ok = health.chain && health.index && health.doubt === undefined;
  return answer({ ok, configured: true, chainId: setup.config.chainId, ...health });
}

const answer = (says: { ok: boolean } & Record<string, unknown>): Response =>
  Response.json(says, { status: says.ok ? 200 : 503, headers: { 'cache-control': 'no-store' } });
