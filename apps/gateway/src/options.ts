import { address, uint } from '@oml/protocol/wire/scalars';
import { hide } from '@oml/service/hidden';
import { baseUrl, listenVariables, path, privateKey, rpcUrl, storeUrl } from '@oml/service/options';
import { z } from 'zod';
import { networks } from './payment/peer.ts';

/** What the gateway reads from its environment; `.env.example` says what each is for. */
export const gatewayOptions = z.object({
  RPC_URL: rpcUrl,
  /** Path of the deployment's JSON. */
  OML_DEPLOYMENT: path,
  ...listenVariables,
  /** Durable files: licenses.json, editions, payments and answers. One folder per gateway, never shared. */
  DATA_DIR: path,
  /** Signs receipts; bound to HOST_ACCOUNT. */
  SIGNER_KEY: privateKey,
  /** Pays the gas of settling, which books, and of distributing. */
  GAS_KEY: privateKey,
  /** Whose bond stands behind the answers. */
  HOST_ACCOUNT: address,
  /** Where buyers reach this gateway. */
  PUBLIC_URL: baseUrl,
  /** A `postgres://` URL in place of DATA_DIR/gateway.sqlite; replicas of one host account share it. */
  STORE: storeUrl.optional(),
  /** Encrypts kept answers; derived from SIGNER_KEY if not set. */
  ANSWER_SECRET: privateKey.optional(),
  /**
   * Credit a payment that somebody else broadcast. Only for the one gateway of its licenses: two that credit the same
   * payment sign two receipts for it, which is equivocation and costs the bond.
   */
  CREDIT_STRANGERS: z.stringbool().default(false),
  /** The most paid in 24 hours for uses whose money is gone, smallest unit; 0: nothing. */
  SHORTFALL_LIMIT: uint.default(1_000_000n),
  /** The highest deposit that a blame is filed with by itself, smallest unit; 0: by command only. SIGNER_KEY pays. */
  BLAME_DEPOSIT_LIMIT: uint.default(0n),
  /** Seconds that a charge of a channel waits for others to be collected with it; at most half of the 24 h allowed. */
  COLLECT_AFTER: z.coerce.number().int().min(0).max(43_200).default(3_600),
  /** A channel that owes more than this is collected at once, smallest unit. */
  COLLECT_ABOVE: uint.default(1_000_000n),
  /**
   * Above this gas price, in wei, collecting waits for a cheaper hour, as long as no charge is older than 12 h; 0: it
   * never waits.
   */
  COLLECT_GAS_PRICE: uint.default(0n),
  /**
   * What a whole coin of the chain is worth, in the token's smallest unit: so the gas of a channel is counted against
   * its deposit and its charges. Unset: 3,000 dollars, and nothing on a dev chain; 0: gas counts as nothing.
   */
  GAS_COIN_PRICE: uint.optional(),
  /** An x402 facilitator that settles deposits into channels by gas of its own; unset, or where it fails: GAS_KEY. */
  FACILITATOR_URL: baseUrl.optional(),
  /** What it asks for, sent as a bearer token. */
  FACILITATOR_KEY: z
    .string()
    .min(1)
    .optional()
    .transform((key) => (key === undefined ? undefined : (hide(key), key))),
  /** A watchtower, by its URL: it gets our vouchers, and collects when we do not (oml host watchtower names it). */
  WATCHTOWER: baseUrl.optional(),
  /**
   * Proxies in front of this gateway, whose `X-Forwarded-For` names who asks: addresses or networks, separated by
   * commas. Bounds for strangers count each address by itself; behind a proxy that is not named all are one.
   */
  TRUSTED_PROXIES: networks.default(() => networks.parse('127.0.0.0/8, ::1')),
  /** Answers of one model that are made at a time, sharing steps; who would wait more than 2 s is sent away unpaid. */
  ANSWERS_AT_ONCE: z.coerce.number().int().min(1).max(1_000).default(8),
  /** Seconds that a model's process with calls may say nothing before it is killed and started again. */
  ENGINE_SILENCE: z.coerce.number().int().min(1).max(3_600).default(60),
  /** A JSON file that says which models other engines run (docs/guides/host.md); unset: this process runs all. */
  BACKENDS: path.optional(),
  /** A JSON file that says whose probabilities are corrected, and by which calibration; unset: nobody's. */
  CORRECTIONS: path.optional(),
  /** A text or a folder of texts that no answer of a language model recites; unset: answers are not looked at. */
  PROTECTED_TEXTS: path.optional(),
  /** So many characters in a row of them are a recitation. */
  PROTECTED_LEAST: z.coerce.number().int().min(20).max(1_000).default(80),
  /** What becomes of the host is posted there, as JSON: gas, backlog, claims, suspensions, failing models. */
  ALERT_WEBHOOK: baseUrl.optional(),
  /** Blocks after which a payment counts as final: what a rollback takes back later is the host's risk. */
  SETTLE_DEPTH: z.coerce.number().int().min(1).max(1_000).default(1),
});
export type GatewayOptions = z.output<typeof gatewayOptions>;
