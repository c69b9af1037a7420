import type { Deployment } from '@oml/protocol/chain/deployment';
import { isOmlError, OmlError } from '@oml/protocol/error';
import {
  editionContainerSchema,
  editionSealInfo,
  listedRuns,
  OUR_RUN,
  runName,
  RUNS_FILE,
} from '@oml/protocol/wire/edition-container';
import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fetchBytes } from './fetch-text.ts';
import { guardFor } from './guarded-fetch.ts';
import { openSealed, type SealingKeyPair } from './seal.ts';
import { until } from './wait.ts';

/** The container is one JSON string of base64, so its limit is that of a string: some 384 MiB of files. */
const MAX_CONTAINER_BYTES = constants.MAX_STRING_LENGTH;

const IDLE_MS = 60_000;

/** By plain name. */
export type EditionFiles = Map<string, Uint8Array>;

/**
 * Asks the publisher for the sealed edition until it has it. Throws UNAVAILABLE after `timeoutMs`, and ADDRESS_REFUSED
 * at once where nobody should ask at that address.
 */
export async function fetchEdition(
  { uri, licenseId, deployment }: { uri: string; licenseId: bigint; deployment: Pick<Deployment, 'chainId'> },
  timeoutMs: number,
): Promise<Uint8Array> {
  const guard = guardFor(deployment, { timeoutMs, maxBytes: MAX_CONTAINER_BYTES, idleMs: IDLE_MS, redirects: 3 });
  const ask = () =>
    fetchBytes(`${uri}/editions/${licenseId}`, guard).catch((cause: Error) => {
      if (isOmlError(cause) && cause.code === 'ADDRESS_REFUSED')
        throw new OmlError(cause.code, `The edition is not fetched from ${uri}: ${cause.message}.`, { cause });
      const why = `The publisher at ${uri} does not hand out the edition (${cause.message}).`;
      throw new OmlError('UNAVAILABLE', why, { cause });
    });
  return until('The edition', ask, { timeoutMs, everyMs: 1_000 });
}

/** An edition as it was delivered, and what is in it. */
export interface OpenedEdition {
  /** The file whose SHA-256 the publisher records on chain. */
  packed: Uint8Array;
  files: EditionFiles;
}

/**
 * Opens a sealed edition that its release lets us run; whose weights it holds is not checked here. Throws
 * EDITION_INVALID.
 */
export async function openEdition(sealed: Uint8Array, keys: SealingKeyPair, licenseId: bigint): Promise<OpenedEdition> {
  const packed = await openSealed(keys, sealed, editionSealInfo(licenseId));
  const files = await unpackEdition(packed);
  const ours = runName(OUR_RUN);
  if (!listedRuns(files.get(RUNS_FILE)).some((run) => runName(run) === ours))
    throw new OmlError('EDITION_INVALID', `The release of the edition does not list ${ours}, which is how we run it.`);
  return { packed, files };
}

/** The files of an edition that is unsealed. Throws EDITION_INVALID. */
export function unpackEdition(packed: Uint8Array): Promise<EditionFiles> {
  return unpack(packed).catch((cause: unknown) => {
    const isTooLarge = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    const why = isTooLarge ? `holds more than ${MAX_CONTAINER_BYTES} bytes` : 'is not a container of files';
    throw new OmlError('EDITION_INVALID', `The edition ${why}.`, { cause });
  });
}

async function unpack(packed: Uint8Array): Promise<EditionFiles> {
  const json = await promisify(gunzip)(packed, { maxOutputLength: MAX_CONTAINER_BYTES });
  const { files } = editionContainerSchema.parse(JSON.parse(json.toString('utf8')));
  return new Map(Object.entries(files).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))]));
}
