import 'server-only';
import { createPublicClient, fallback, http, type PublicClient } from 'viem';
import { chainOf } from '#kit/chain-of.ts';
import { readSetup } from './public-config.ts';

const holder = globalThis as { omlChain?: { key: string; client: PublicClient } };

/** The server's own client of the chain. Throws where the page is not set up. */
export function chainReader(): PublicClient {
  const setup = readSetup();
  if ('problem' in setup) throw new Error(setup.problem);
  const key = `${setup.config.chainId} ${setup.options.RPC_URL}`;
  if (holder.omlChain?.key !== key) {
    const { RPC_URL: urls } = setup.options;
    const chain = chainOf({ ...setup.config, rpcUrl: urls[0]! });
    const transport = fallback(
      urls.map((url) => http(url, { timeout: 4000 })),
      { retryCount: 0 },
    );
    holder.omlChain = {
      key,
      client: createPublicClient({
        chain,
        transport,
        cacheTime: 500,
      }),
    };
  }
  return holder.omlChain.client;
}

/** The newest and the newest finalised block number; undefined where the chain does not answer. */
export async function readHeads(): Promise<{ head: bigint; headAt: Date; finalized: bigint } | undefined> {
  try {
    const client = chainReader();
    const [head, finalized] = await Promise.all([client.getBlock(), client.getBlock({ blockTag: 'finalized' })]);
    return { head: head.number, headAt: new Date(Number(head.timestamp) * 1000), finalized: finalized.number };
  } catch {
    return undefined;
  }
}
