import { readCodeBook, writeCodeBook, type CodeBook } from '@oml/fingerprint/code-book/code-book';
import type { Prepared } from '@oml/fingerprint/edition/edition';
import { readPrepared, writePrepared } from '@oml/fingerprint/edition/prepared-file';
import { OmlError } from '@oml/protocol/error';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Hex } from 'viem';

/** The folder in which an owner keeps what belongs to one release: all of it secret, readable by its owner alone. */
export interface Release {
  /** Of the clean model. */
  modelFolder: string;
  /** keccak Merkle root of the code book. */
  root: Hex;
  /** Of a block after the root was committed; absent until it was given. */
  beacon?: Hex;
  bits: number;
}

const [RELEASE, BOOK, PREPARED, SPENT] = ['release.json', 'code-book.json', 'prepared.bin', 'spent.json'];
const PRIVATE = { mode: 0o600 };

export async function saveDraft(folder: string, release: Release, book: CodeBook): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replace(join(folder, BOOK), writeCodeBook(book));
  await replace(join(folder, RELEASE), JSON.stringify({ ...release, modelFolder: resolve(release.modelFolder) }, null, 2));
}

export async function savePrepared(folder: string, release: Release, prepared: Prepared): Promise<void> {
  await replace(join(folder, PREPARED), writePrepared(prepared));
  await replace(join(folder, RELEASE), JSON.stringify(release, null, 2));
}

export async function openRelease(folder: string): Promise<{ release: Release; book: CodeBook }> {
  const text = await readFile(join(folder, RELEASE), 'utf8').catch(() => {
    throw new OmlError('NOT_FOUND', `${folder} is no release. Make one with: oml fingerprint MODEL --out ${folder}`);
  });
  return { release: JSON.parse(text) as Release, book: readCodeBook(await readFile(join(folder, BOOK), 'utf8')) };
}

/** Throws REQUEST_INVALID where the release still waits for its beacon. */
export function beaconOf({ beacon, root }: Release): Hex {
  if (!beacon) throw new OmlError('REQUEST_INVALID', `This release waits for its beacon: commit ${root} on chain, then call oml fingerprint again with --beacon, the hash of the block it names.`);
  return beacon;
}

export async function openPrepared(folder: string, base: Uint8Array): Promise<Prepared> {
  const bytes = await readFile(join(folder, PREPARED)).catch(() => {
    throw new OmlError('NOT_FOUND', `${folder} holds no fingerprinted model yet. Call oml fingerprint again with --beacon.`);
  });
  return readPrepared(new Uint8Array(bytes), base);
}

/** Ids of keys that targets have seen. */
export async function spentKeys(folder: string): Promise<Set<string>> {
  const text = await readFile(join(folder, SPENT), 'utf8').catch(() => '[]');
  return new Set(JSON.parse(text) as string[]);
}

export async function spend(folder: string, ids: readonly string[]): Promise<void> {
  await replace(join(folder, SPENT), JSON.stringify([...(await spentKeys(folder)), ...ids]));
}

/** Never leaves half a file: writes beside it, then renames. */
async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content, PRIVATE);
  await rename(`${path}.new`, path);
}
