import { OmlError } from '@oml/protocol/error';
import { publishingBy } from '@oml/protocol/wire/publishing';
import { address, uint } from '@oml/protocol/wire/scalars';
import { baseUrl, beaconVariables, listenVariables, path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { z } from 'zod';

const listOf = <Item extends z.ZodType<unknown, string>>(item: Item) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));

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
  /** Other base URLs under which pages and owners reach it, separated by commas: a permission to upload names one. */
  ALSO_AT: listOf(baseUrl).default([]),
  /** Who may publish here, at the cost of AGENT_KEY: OWNERS alone, whoever holds PUBLISH_DEPOSIT too, or anybody. */
  PUBLISHING: publishingBy.default('invitation'),
  /** Addresses that may always publish here, separated by commas. */
  OWNERS: listOf(address).default([]),
  /** Free bond at the license registry that others must hold with PUBLISHING=deposit, in the token's smallest unit. */
  PUBLISH_DEPOSIT: uint.refine((least) => least > 0n, 'must be at least 1').default(50_000_000n),
  /** Origins of the pages that may publish here, separated by commas, such as https://market.example. */
  ORIGINS: listOf(baseUrl).default([]),
  /** Whom to ask for leave to publish: shown to everybody. */
  CONTACT: z.string().max(300).optional(),
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
  /**
   * What of AGENT_KEY's money goes into the title bond of a model at its owner's word at most, and into the deposit of a
   * name, in the token's smallest unit. 0 = nothing.
   */
  TITLE_BOND_MOST: uint.default(0n),
  NAME_DEPOSIT_MOST: uint.default(0n),
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
  const options = readOptions(schema, env);
  if (options.PUBLISHING === 'invitation' && options.OWNERS.length === 0)
    throw new OmlError('ENV_MISSING', 'Set OWNERS: with PUBLISHING=invitation nobody else may publish here.', {
      details: { missing: ['OWNERS'] },
    });
  return options;
}
