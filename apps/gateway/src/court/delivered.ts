import { openModelFolder } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { unpackEdition } from '@oml/service/sealed-edition';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkFileDigest, readPacked, recordedDigest, writeFiles } from '../license/edition.ts';
import { readListings } from '../license/listings.ts';

/** Where editions lie, and the chain that says which files they are. */
export interface Shelf {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  dataDir: string;
}

/**
 * The file that was delivered for a license, as the chain names it; what this gateway serves is not asked. Throws
 * NOT_FOUND where it was not kept, EDITION_INVALID where another lies there.
 */
export async function deliveredFile({ chain, dataDir }: Shelf, licenseId: bigint): Promise<Uint8Array> {
  const packed = packedOf(dataDir, licenseId);
  checkFileDigest(packed, await recordedDigest(chain, licenseId));
  return packed;
}

function packedOf(dataDir: string, licenseId: bigint): Uint8Array {
  const listing = readListings(dataDir).find((one) => one.licenseId === licenseId);
  try {
    if (listing) return readPacked(resolve(dataDir, listing.folder));
  } catch {
    // Written before delivered files were kept, or lost.
  }
  throw new OmlError('NOT_FOUND', `The file that was delivered for license ${licenseId} is not here: onboard again.`);
}

type Engine = Awaited<ReturnType<typeof openModelFolder>>;

/** Opens the edition that was delivered for a license, without caches as jurors do, for as long as `work` takes. */
export async function withDelivered<Result>(
  shelf: Shelf,
  licenseId: bigint,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const files = await unpackEdition(await deliveredFile(shelf, licenseId));
  const folder = mkdtempSync(join(shelf.dataDir, '.delivered-'));
  try {
    writeFiles(folder, files);
    const engine = await openModelFolder(folder, nodeEngine());
    return await work(engine).finally(() => engine.dispose());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
