import { uint } from '@oml/protocol/wire/scalars';
import { beaconVariables, listenVariables, path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { z } from 'zod';
import { CASE_KINDS } from './chain/cases.ts';

/** The environment of the verifier. */
export const verifierOptions = z.object({
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
  /**
   * What audits that it orders by itself may buy in 24 hours, in the token's smallest unit; none begins once that is
   * bought. Unset: a dollar, and no bound on the dev chain.
   */
  AUDIT_BUDGET: uint.optional(),
  /**
   * Of the purse that pays for calls, in the token and in coins for gas: an account that nothing links to VERIFIER_KEY.
   * Unset: VERIFIER_KEY's own account, which hosts can follow to the payers.
   */
  PURSE_KEY: privateKey.optional(),
  /** So long an audit's funding takes, and its asking again. Unset: 1,200; 4 on the dev chain. */
  SPREAD_SECONDS: z.coerce.number().int().min(0).max(2_400).optional(),
  /** What 10^18 wei cost, in the token's smallest unit. Unset: 3,000 dollars; nothing on the dev chain. */
  ETH_PRICE: uint.optional(),
  /** The smallest share of answers out of a model without a license that a batch is sized to catch, above 0 to 1. */
  CATCH_SHARE: z.coerce.number().gt(0).max(1).default(1),
  /**
   * The most that payers get in a day for calls outside audits, in the token's smallest unit; 0: none. Unset: 5 cents,
   * and none on the dev chain.
   */
  COVER_BUDGET: uint.optional(),
  /** Between two looks at all listed endpoints; 0: none. Unset: 300, and 20 on the dev chain. */
  ENDPOINTS_EVERY_SECONDS: z.coerce.number().int().min(0).max(86_400).optional(),
  /** What buyers of a model ask, a prompt a line in <modelId>.txt; unset, or without a file: openings of tales. */
  CORPUS_DIR: path.optional(),
  /** Audits, and claims nothing: what it would have claimed stands in the audit. */
  SHADOW: z.stringbool().default(false),
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

export type VerifierOptions = z.output<typeof verifierOptions>;

/** Reads the verifier's environment. Throws ENV_MISSING or ENV_INVALID, naming variables only. */
export function readVerifierOptions(env?: Record<string, string | undefined>): VerifierOptions {
  return readOptions(verifierOptions, env);
}
