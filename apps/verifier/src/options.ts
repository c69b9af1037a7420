import { beaconVariables, listenVariables, path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { z } from 'zod';
import { CASE_KINDS } from './chain/cases.ts';

const schema = z.object({
  RPC_URL: rpcUrl,
  OML_DEPLOYMENT: path,
  ...listenVariables,
  DATA_DIR: path,
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
  /** How many tickets it holds for committees, each of the least stake; 0 = it sits on none. */
  TICKETS: z.coerce.number().int().min(0).max(100).default(0),
  /** What it sits on. A seat that falls to it on something else costs a part of its stake. */
  SIT_ON: z
    .string()
    .default(CASE_KINDS.join(','))
    .transform((text) => text.split(',').map((kind) => kind.trim()))
    .pipe(z.array(z.enum(CASE_KINDS)).min(1)),
  /** What running an edition that a host shows may take of this machine's memory. */
  EDITION_MEMORY_MB: z.coerce.number().int().min(256).default(4_096),
  ...beaconVariables,
});

export type VerifierOptions = z.output<typeof schema>;

/** Reads the verifier's environment. Throws ENV_MISSING or ENV_INVALID, naming variables only. */
export function readVerifierOptions(env?: Record<string, string | undefined>): VerifierOptions {
  return readOptions(schema, env);
}
