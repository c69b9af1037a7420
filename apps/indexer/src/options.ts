import { baseUrl, listenVariables, path, port, readOptions, rpcUrl, splitUrls, storeUrl } from '@oml/service/options';
import { z } from 'zod';

const schema = z.object({
  RPC_URL: rpcUrl,
  /** Path of the deployment's JSON. */
  OML_DEPLOYMENT: path,
  DATABASE_URL: storeUrl,
  ...listenVariables,
  PORT: port.default(4100),
  /** Blocks to stay behind the head; 0 reads the head itself and rolls back when it changes. */
  CONFIRMATIONS: z.coerce.number().int().min(0).max(1000).default(0),
  /** May publishers stand on private or loopback addresses? Yes on the dev chain, no elsewhere, unless told. */
  ALLOW_PRIVATE_PUBLISHERS: z.enum(['true', 'false']).optional(),
  /** Verifiers whose figures of endpoints it keeps, by their URLs, separated by commas. */
  VERIFIER_URLS: z
    .string()
    .default('')
    .transform((text) => splitUrls(text))
    .pipe(z.array(baseUrl).max(20)),
});

export type Options = z.output<typeof schema>;

/** What the indexer reads from its environment. Throws ENV_MISSING or ENV_INVALID. */
export function indexerOptions(env?: Record<string, string | undefined>): Options {
  return readOptions(schema, env);
}
