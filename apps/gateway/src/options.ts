import { address, uint } from '@oml/protocol/wire/scalars';
import { baseUrl, port, privateKey } from '@oml/service/options';
import { z } from 'zod';

/** What the gateway reads from its environment; `.env.example` says what each is for. */
export const gatewayOptions = z.object({
  RPC_URL: baseUrl,
  /** Path of the deployment's JSON. */
  OML_DEPLOYMENT: z.string(),
  PORT: port,
  /** Durable files: licenses.json, editions, payments and answers. One folder per gateway, never shared. */
  DATA_DIR: z.string(),
  /** Signs receipts; bound to HOST_ACCOUNT. */
  SIGNER_KEY: privateKey,
  /** Pays the gas of settling, which books, and of distributing. */
  GAS_KEY: privateKey,
  /** Whose bond stands behind the answers. */
  HOST_ACCOUNT: address,
  /** Where buyers reach this gateway. */
  PUBLIC_URL: baseUrl,
  /** A `postgres://` URL in place of DATA_DIR/gateway.sqlite; replicas of one host account share it. */
  STORE: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Encrypts kept answers; derived from SIGNER_KEY if not set. */
  ANSWER_SECRET: privateKey.optional(),
  /**
   * Credit a payment that somebody else broadcast. Only for the one gateway of its licenses: two that credit the same
   * payment sign two
   * receipts for it, which is equivocation and costs the bond.
   */
  CREDIT_STRANGERS: z.stringbool().default(false),
  /** The most paid in 24 hours for uses whose money is gone, smallest unit; 0: nothing. */
  SHORTFALL_LIMIT: uint.default(1_000_000n),
  /** Blocks after which a payment counts as final: what a rollback takes back later is the host's risk. */
  SETTLE_DEPTH: z.coerce.number().int().min(1).max(1_000).default(1),
});
export type GatewayOptions = z.output<typeof gatewayOptions>;
