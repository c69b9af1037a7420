import { baseUrl, port, privateKey, readOptions } from '@oml/service/options';
import { z } from 'zod';

const schema = z.object({
  RPC_URL: baseUrl,
  OML_DEPLOYMENT: z.string().min(1),
  PORT: port,
  DATA_DIR: z.string().min(1),
  /** Where audits stand: a `postgres://` URL that several replicas may share, or the path of a SQLite file. */
  STORE: z.string().min(1).optional(),
  /** Stakes, pays for calls and claims. */
  VERIFIER_KEY: privateKey,
  /** Opens sealed probes, and derives the salts of nonces, batches and claims. */
  SEALING_SEED: privateKey,
  /** Whoever holds it may order audits. */
  OML_ADMIN_TOKEN: z.string().min(8),
  /** 0 = audits are made on demand only. */
  AUDIT_EVERY_SECONDS: z.coerce.number().int().min(0).default(0),
  HOST: z.string().default('127.0.0.1'),
});

export type VerifierOptions = z.output<typeof schema>;

/** Reads the verifier's environment. Throws ENV_MISSING or ENV_INVALID, naming variables only. */
export function readVerifierOptions(env?: Record<string, string | undefined>): VerifierOptions {
  return readOptions(schema, env);
}
