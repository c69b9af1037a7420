import { address, uint } from '@oml/protocol/wire/scalars';
import { baseUrl, beaconVariables, listenVariables, path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { z } from 'zod';

const schema = z.object({
  RPC_URL: rpcUrl,
  OML_DEPLOYMENT: path,
  ...listenVariables,
  DATA_DIR: path,
  /** `postgres://` URL of a store that replicas share; without it, a SQLite file under DATA_DIR. */
  STORE: z.string().min(1).optional(),
  /** Root of every code book secret and of the encryption at rest: whoever holds it can rebuild every edition. */
  OWNER_SECRET: privateKey,
  AGENT_KEY: privateKey,
  /** Base URL under which verifiers and hosts reach this publisher; minted into the model. */
  PUBLIC_URL: baseUrl,
  /** Addresses that may publish here, separated by commas. */
  OWNERS: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(address).min(1)),
  /**
   * The least that is paid out of a vault at once, in the token's smallest unit: well above what two transactions cost.
   */
  PAYOUT_MIN: uint.refine((least) => least > 0n, 'must be at least 1').default(1_000_000n),
  /** How often the vaults are looked at; 0 = this publisher pays nobody. */
  PAYOUT_EVERY_SECONDS: z.coerce.number().int().min(0).default(600),
  /**
   * What a verifier gets for a batch that it opened with probes from here, in the token's smallest unit, out of the
   * model's inspection pool; unless set, as much as the deployment allows. 0 = this publisher pays no verifier.
   */
  INSPECTION_PAY: uint.optional(),
  ...beaconVariables,
  /** URL of a bucket in an S3-compatible store; without it, files lie under DATA_DIR. */
  S3_ENDPOINT: baseUrl.optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().default(''),
  S3_SECRET_ACCESS_KEY: z.string().default(''),
});

export type PublisherOptions = z.output<typeof schema>;

/** Reads the publisher's environment. Throws ENV_MISSING or ENV_INVALID, naming variables only. */
export function readPublisherOptions(env?: Record<string, string | undefined>): PublisherOptions {
  return readOptions(schema, env);
}
