import { weightsDigest } from '@oml/onnx/digest';
import { inspectModel } from '@oml/onnx/inspect';
import { readModel } from '@oml/onnx/model-file';
import { OmlError } from '@oml/protocol/error';
import { editionContainerSchema, editionSealInfo } from '@oml/protocol/wire/edition-container';
import { openSealed, type SealingKeyPair } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { constants } from 'node:buffer';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Hex } from 'viem';
import type { Listing } from './listings.ts';

/** The container is one JSON string of base64, so its limit is that of a string: some 384 MiB of files. */
const MAX_CONTAINER_BYTES = constants.MAX_STRING_LENGTH;
const OWNER_ONLY = { mode: 0o600 };

export type EditionFiles = Map<string, Uint8Array>;

/** Asks the publisher for the sealed edition until it has it. Throws UNAVAILABLE after `timeoutMs`. */
export function fetchEdition(uri: string, licenseId: bigint, timeoutMs: number): Promise<Uint8Array> {
  const ask = async () => {
    const response = await fetch(`${uri}/editions/${licenseId}`).catch(() => undefined);
    if (response?.ok) return new Uint8Array(await response.arrayBuffer());
    const why = response?.status ?? 'no answer';
    throw new OmlError('UNAVAILABLE', `The publisher at ${uri} does not hand out the edition (${why}).`);
  };
  return until('The edition', ask, { timeoutMs, everyMs: 1_000 });
}

/**
 * Opens a sealed edition and compares its weights with the root that the publisher recorded on chain. Throws
 * EDITION_INVALID.
 */
export async function openEdition(
  sealed: Uint8Array,
  keys: SealingKeyPair,
  licenseId: bigint,
  editionRoot: Hex,
): Promise<EditionFiles> {
  const packed = await openSealed(keys, sealed, editionSealInfo(licenseId));
  const files = await unpack(packed).catch((cause: unknown) => {
    const isTooLarge = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    const why = isTooLarge ? `holds more than ${MAX_CONTAINER_BYTES} bytes` : 'is not a container of files';
    throw new OmlError('EDITION_INVALID', `The edition ${why}.`, { cause });
  });
  await checkRoot(files, editionRoot);
  return files;
}

async function unpack(packed: Uint8Array): Promise<EditionFiles> {
  const json = await promisify(gunzip)(packed, { maxOutputLength: MAX_CONTAINER_BYTES });
  const { files } = editionContainerSchema.parse(JSON.parse(json.toString('utf8')));
  return new Map(Object.entries(files).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))]));
}

async function checkRoot(files: EditionFiles, editionRoot: Hex): Promise<void> {
  const model = files.get('model.onnx');
  if (!model) throw new OmlError('EDITION_INVALID', 'The edition holds no model.onnx.');
  const digest = await weightsDigest(readModel(model));
  if (digest !== editionRoot)
    throw new OmlError('EDITION_INVALID', 'The edition is not the one that the publisher recorded on chain.', {
      details: { digest, editionRoot },
    });
}

/** Is the right edition in the folder already? */
export async function isEditionIn(folder: string, editionRoot: Hex): Promise<boolean> {
  try {
    await checkRoot(new Map([['model.onnx', new Uint8Array(readFileSync(join(folder, 'model.onnx')))]]), editionRoot);
    return true;
  } catch {
    return false;
  }
}

/** Writes the files of an edition in one step: a folder that exists is whole. */
export function writeEdition(folder: string, files: EditionFiles): void {
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, '.edition-'));
  for (const [name, bytes] of files) writeFileSync(join(scratch, name), bytes, OWNER_ONLY);
  rmSync(folder, { recursive: true, force: true });
  renameSync(scratch, folder);
}

/** What kind of model a folder holds. */
export function kindOf(folder: string): Listing['kind'] {
  return inspectModel(readModel(new Uint8Array(readFileSync(join(folder, 'model.onnx'))))).kind;
}
