import type { Database } from '@oml/db/client';
import { storeEndpointFigures } from '@oml/db/endpoint-figures';
import { getVerifier } from '@oml/db/verifiers';
import type { VerifierRegistryOf } from '@oml/protocol/signed/probe-request';
import { toldEndpointsSigner } from '@oml/protocol/signed/told-endpoints';
import {
  ENDPOINT_FIGURES_PATH,
  toldEndpointsSchema,
  type ToldEndpointsJson,
} from '@oml/protocol/wire/endpoint-figures';
import { fetchText } from '@oml/service/fetch-text';
import type { Logger } from '@oml/service/logger';
import { isAddressEqual } from 'viem';

export interface EndpointsParts {
  db: Database;
  /** Of the chain that it indexes. */
  registry: VerifierRegistryOf;
  /** Base URLs of the verifiers whose figures this index shows. */
  verifierUrls: readonly string[];
  /** May they stand on private or loopback addresses? */
  allowPrivate: boolean;
  logger: Logger;
  now?: () => Date;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 4 << 20;
/** Its clock may be off by so much. */
const AHEAD_MS = 5 * 60_000;

/** Asks each verifier what it found of endpoints; one that fails keeps its last good figures. */
export async function refreshEndpoints(parts: EndpointsParts): Promise<void> {
  await Promise.all(parts.verifierUrls.map((url) => refresh(parts, url)));
}

async function refresh(parts: EndpointsParts, url: string): Promise<void> {
  const { db, allowPrivate, logger } = parts;
  try {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, allowPrivate };
    const json = JSON.parse(await fetchText(`${url.replace(/\/+$/, '')}${ENDPOINT_FIGURES_PATH}`, limits)) as unknown;
    const told = toldEndpointsSchema.parse(json);
    await check(parts, json as ToldEndpointsJson, told);
    logger.debug({ verifier: told.verifier, rows: await storeEndpointFigures(db, told) }, 'endpoints taken');
  } catch (error) {
    const why = error instanceof Error && error.name !== 'ZodError' ? error.message.slice(0, 200) : 'it reads as none';
    logger.info({ why }, 'endpoints not taken');
  }
}

/** Only what a staked verifier signed counts, and nothing out of the future. */
async function check(
  { db, registry, now = () => new Date() }: EndpointsParts,
  json: ToldEndpointsJson,
  { verifier, at }: { verifier: `0x${string}`; at: string },
): Promise<void> {
  if (!isAddressEqual(await toldEndpointsSigner(json, registry), verifier)) throw new Error('somebody else signed it');
  if ((await getVerifier(db, verifier))?.stake ?? 0n) return checkTime(at, now());
  throw new Error('no staked verifier signed it');
}

function checkTime(at: string, now: Date): void {
  if (Date.parse(at) > now.getTime() + AHEAD_MS) throw new Error('it comes out of the future');
}
