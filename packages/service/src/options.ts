import { QUICKNET } from '@oml/protocol/evidence/beacon';
import { z } from 'zod';
import { OmlError } from '@oml/protocol/error';
import { resolve } from 'node:path';
import type { Hex } from 'viem';
import { hide, hideUrl } from './hidden.ts';

/** A 32-byte key or seed in hex, from the environment only; no log shows it. */
export const privateKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hex digits')
  .transform((text) => {
    hide(text);
    return text as Hex;
  });
/** A TCP port; 0 lets the system choose. */
export const port = z.coerce.number().int().min(0).max(65_535);
/** An http(s) base URL without a trailing slash. */
export const baseUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** The parts of a list with commas. */
export const splitUrls = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Nodes of the chain, separated by commas, in the order in which they are trusted; an address may hold a provider's
 * key, so that no log shows it.
 */
export const rpcUrl = z
  .string()
  .transform(splitUrls)
  .pipe(z.array(baseUrl).min(1))
  .transform((urls) => {
    urls.forEach(hideUrl);
    return urls.join(',');
  });
/** A database; no log shows its password. */
export const storeUrl = z.url({ protocol: /^postgres(ql)?$/ }).transform((url) => {
  hideUrl(url);
  return url;
});
/**
 * A file or folder. A relative one counts from where npm was called, as whoever types it expects: npm runs the script
 * of a workspace in the folder of that workspace.
 */
export const path = z
  .string()
  .min(1)
  .transform((text) => resolve(process.env['INIT_CWD'] ?? '.', text));

/** How a service listens. */
export const listenVariables = {
  /** Of the service itself. */
  PORT: port,
  /** The address that it listens on; 0.0.0.0: on every one. */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Where `/metrics` is; unset: nowhere, 0: the system chooses. */
  METRICS_PORT: port.optional(),
  /** The address of that; it is for the operator and for nobody else. */
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
};

/** Variables of an agent that posts rounds of the beacon. */
export const beaconVariables = {
  /** Relays of drand, separated by commas, asked in this order; unless set, drand's own, and none on the dev chain. */
  DRAND_URLS: z.string().transform(splitUrls).pipe(z.array(baseUrl).min(1)).optional(),
  /** Names the drand chain that the deployment verifies. */
  DRAND_CHAIN_HASH: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 hex digits')
    .transform((text) => text as Hex)
    .default(QUICKNET.hash),
};

/**
 * Turns the environment into a typed object.
 * Throws ENV_MISSING or ENV_INVALID, naming the variables and never their values.
 */
export function readOptions<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Record<string, string | undefined> = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const names = (keep: (name: string) => boolean) => [
    ...new Set(parsed.error.issues.map((issue) => String(issue.path[0])).filter(keep)),
  ];
  const missing = names((name) => given[name] === undefined);
  if (missing.length > 0) {
    throw new OmlError(
      'ENV_MISSING',
      `Set ${missing.join(', ')} in the environment (.env.example says what each is for).`,
      { details: { missing } },
    );
  }
  const invalid = names(() => true);
  const why = parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join('; ');
  throw new OmlError('ENV_INVALID', `The environment is refused. ${why}.`, { details: { invalid } });
}
