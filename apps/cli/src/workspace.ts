import { readCodeBook, writeCodeBook, type CodeBook } from '@oml/fingerprint/code-book/code-book';
import { HOLD_CHANCE, type Prepared } from '@oml/fingerprint/edition/edition';
import { readPrepared, writePrepared } from '@oml/fingerprint/edition/prepared-file';
import { PROFILES } from '@oml/fingerprint/harden/profile';
import { OmlError } from '@oml/protocol/error';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isHex, type Hex } from 'viem';
import { z } from 'zod';
import { secretMark } from './secret-file.ts';

const hex = z.custom<Hex>((value) => isHex(value));
const release = z.object({
  /** Of the clean model. */
  modelFolder: z.string(),
  /** keccak Merkle root of the code book. */
  root: hex,
  /** Of a block after the root was committed; absent until it was given. */
  beacon: hex.optional(),
  bits: z.number().int(),
  /** Common keys that answer with an ordered pair. */
  pairs: z.number().int().min(0),
  profile: z.enum(PROFILES).default('fast'),
  /** Chance of a tracing key to be in an edition. */
  holdChance: z.number().positive().max(1).default(HOLD_CHANCE),
  /** `secretMark` of the secret that the keys were drawn with. */
  secretMark: hex,
});
/** The folder in which an owner keeps what belongs to one release: all of it secret, readable by its owner alone. */
export type Release = z.infer<typeof release>;

const licensees = z.array(
  z.object({
    id: z.string().min(1),
    slot: z.number().int().min(0).optional(),
    subset: z.array(z.number().int().min(0)),
  }),
);
/** Who holds which tracing keys, and the noise of which slot. */
export type Licensees = z.infer<typeof licensees>;

const [RELEASE, BOOK, PREPARED, SPENT, LICENSEES] = [
  'release.json',
  'code-book.json',
  'prepared.bin',
  'spent.json',
  'licensees.json',
];
const PRIVATE = { mode: 0o600 };

export async function saveDraft(folder: string, release: Release, book: CodeBook): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replace(join(folder, BOOK), writeCodeBook(book));
  await replace(
    join(folder, RELEASE),
    JSON.stringify({ ...release, modelFolder: resolve(release.modelFolder) }, null, 2),
  );
}

export async function savePrepared(folder: string, release: Release, prepared: Prepared): Promise<void> {
  await replace(join(folder, PREPARED), writePrepared(prepared));
  await replace(join(folder, RELEASE), JSON.stringify(release, null, 2));
}

export async function openRelease(folder: string): Promise<{ release: Release; book: CodeBook }> {
  const text = await readFile(join(folder, RELEASE), 'utf8').catch(() => {
    throw new OmlError(
      'NOT_FOUND',
      `${folder} is no release. Make one with: oml file fingerprint MODEL --out ${folder}`,
    );
  });
  return {
    release: parse(release, text, join(folder, RELEASE)),
    book: readCodeBook(await readFile(join(folder, BOOK), 'utf8')),
  };
}

/** Throws CONFLICT for another secret than the one that the keys were drawn with. */
export function checkSecret(release: Release, secret: Uint8Array): void {
  if (release.secretMark !== secretMark(secret))
    throw new OmlError('CONFLICT', 'This is not the secret that the release was drafted with.');
}

/** Throws REQUEST_INVALID where the release still waits for its beacon. */
export function beaconOf({ beacon, root }: Release): Hex {
  if (!beacon)
    throw new OmlError(
      'REQUEST_INVALID',
      `This release waits for its beacon: commit ${root} on chain, then call oml file fingerprint again with --beacon, the hash of the block it names.`,
    );
  return beacon;
}

export async function openPrepared(folder: string, base: Uint8Array): Promise<Prepared> {
  const bytes = await readFile(join(folder, PREPARED)).catch(() => {
    throw new OmlError(
      'NOT_FOUND',
      `${folder} holds no fingerprinted model yet. Call oml file fingerprint again with --beacon.`,
    );
  });
  return readPrepared(new Uint8Array(bytes), base);
}

/** Ids of keys that targets have seen. */
export async function spentKeys(folder: string): Promise<Set<string>> {
  const text = await readFile(join(folder, SPENT), 'utf8').catch(() => '[]');
  return new Set(parse(z.array(z.string()), text, join(folder, SPENT)));
}

export async function spend(folder: string, ids: readonly string[]): Promise<void> {
  await replace(join(folder, SPENT), JSON.stringify([...(await spentKeys(folder)), ...ids]));
}

/** The list of licensees of a release, or one from elsewhere. Throws NOT_FOUND, REQUEST_INVALID. */
export async function licenseesOf(folder: string, path = join(folder, LICENSEES)): Promise<Licensees> {
  return parse(licensees, await readFile(path, 'utf8'), path);
}

/** Notes what an edition holds, under the licensee's name; a name that is there already is replaced. */
export async function noteLicensee(folder: string, licensee: Licensees[number]): Promise<void> {
  const path = join(folder, LICENSEES);
  const text = await readFile(path, 'utf8').catch(() => '[]');
  const others = parse(licensees, text, path).filter(({ id }) => id !== licensee.id);
  await replace(path, JSON.stringify([...others, licensee]));
}

function parse<T>(schema: z.ZodType<T>, text: string, path: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${path} is no JSON.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new OmlError(
      'REQUEST_INVALID',
      `${path} does not hold what is expected there: ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}

/** Never leaves half a file: writes beside it, then renames. */
async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content, PRIVATE);
  await rename(`${path}.new`, path);
}
