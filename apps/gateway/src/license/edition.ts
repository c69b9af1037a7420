import { blamesAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { weightsDigest } from '@oml/onnx/digest';
import { inspectModel } from '@oml/onnx/inspect';
import { folderFiles, type ModelFiles } from '@oml/onnx/file/byte-source';
import { withModelFiles } from '@oml/onnx/file/node-files';
import { openStored } from '@oml/onnx/file/stored-model';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { EditionFiles, OpenedEdition } from '@oml/service/sealed-edition';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, zeroHash, type Hex } from 'viem';
import type { Listing } from './listings.ts';

const OWNER_ONLY = { mode: 0o600 };

/** Compares an edition's weights with the root that the publisher recorded on chain. Throws EDITION_INVALID. */
export async function checkRoot(files: EditionFiles, editionRoot: Hex): Promise<void> {
  if (!files.has('model.onnx')) throw new OmlError('EDITION_INVALID', 'The edition holds no model.onnx.');
  const digest = await digestOf(folderFiles(files));
  if (digest !== editionRoot)
    throw new OmlError('EDITION_INVALID', 'The edition is not the one that the publisher recorded on chain.', {
      details: { digest, editionRoot },
    });
}

const digestOf = async (files: ModelFiles): Promise<Hex> => weightsDigest(await openStored(files));

/** What the publisher recorded for this delivery: the SHA-256 of the whole unsealed file; zero: nothing. */
export async function recordedDigest(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  licenseId: bigint,
): Promise<Hex> {
  const { licenseRegistry, blames } = deployment.contracts;
  const { delivered } = await publicClient.readContract({
    address: licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'license',
    args: [licenseId],
  });
  return publicClient.readContract({
    address: blames,
    abi: blamesAbi,
    functionName: 'fileDigestOf',
    args: [licenseId, delivered],
  });
}

/**
 * Compares an unsealed edition byte for byte with what was recorded: only such a file, tokenizer and all, can be shown
 * to a committee, should its owner have planted something in it. Throws UNAVAILABLE where nothing is recorded,
 * EDITION_INVALID where something else is.
 */
export function checkFileDigest(packed: Uint8Array, recorded: Hex): void {
  if (recorded === zeroHash)
    throw new OmlError('UNAVAILABLE', 'The publisher has not recorded the digest of the edition; do not take it up.');
  const digest = sha256(packed);
  if (digest !== recorded)
    throw new OmlError('EDITION_INVALID', 'The edition is not the file that the publisher recorded on chain.', {
      details: { digest, recorded },
    });
}

/** The edition as it was delivered, beside the files that were in it. */
const PACKED = 'edition.oml';

/** Is the right edition in the folder already, whole and opened? */
export async function isEditionIn(folder: string, editionRoot: Hex, recorded: Hex): Promise<boolean> {
  try {
    checkFileDigest(readPacked(folder), recorded);
    return (await withModelFiles(folder, digestOf)) === editionRoot;
  } catch {
    return false;
  }
}

/** The edition that was delivered, as it lies in a folder. Throws where there is none. */
export const readPacked = (folder: string): Uint8Array => new Uint8Array(readFileSync(join(folder, PACKED)));

/** Writes the files of an edition in one step: a folder that exists is whole. */
export function writeEdition(folder: string, { packed, files }: OpenedEdition): void {
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(parent, '.edition-'));
  writeFiles(scratch, files);
  writeFileSync(join(scratch, PACKED), packed, OWNER_ONLY);
  rmSync(folder, { recursive: true, force: true });
  renameSync(scratch, folder);
}

/** Writes an edition's files into a folder, for its owner's eyes only. */
export function writeFiles(folder: string, files: EditionFiles): void {
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, OWNER_ONLY);
}

/** What kind of model a folder holds. */
export function kindOf(folder: string): Promise<Listing['kind']> {
  return withModelFiles(folder, async (files) => inspectModel(await openStored(files)).kind);
}
