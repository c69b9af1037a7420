import { OmlError } from '@oml/protocol/error';
import { modelKind } from '@oml/protocol/wire/model-kind';
import { fingerprintSizes, uploadId } from '@oml/protocol/wire/publish-request';
import { address, bytes32 } from '@oml/protocol/wire/scalars';
import { z } from 'zod';

/** What stands in the file itself, for whoever finds it. */
const ABOUT =
  'The secret fingerprints of a model. Keep this file, and the clean model beside it, where nobody else reads them: ' +
  'with it you finish the publication, make the edition of every licensee, prove where a copy comes from and add ' +
  'releases. Whoever has it can take the marks out. It cannot be made again.';

const schema = z.strictObject({
  omlOwnerKeys: z.literal(1),
  about: z.string(),
  chainId: z.int().positive(),
  modelRegistry: address,
  /** Whose wallet commits, mints and releases. */
  committer: address,
  name: z.string().min(1).max(80),
  kind: modelKind,
  sizes: fingerprintSizes,
  /** What keys, salts and editions are derived from. */
  secret: bytes32,
  /** SHA-256 of the clean model, as one file. */
  model: uploadId,
  /** The block at which the keys were drawn: nothing of them is on chain before. */
  since: z.int().min(0),
  codeBook: z.strictObject({
    root: bytes32,
    poseidonRoot: bytes32,
    size: z.int().min(1),
    commonSize: z.int().min(1),
    bits: z.int().min(1).max(6),
  }),
  /** As `writeCodeBook` writes it. */
  book: z.string(),
  /** Once the weights are marked. */
  marked: z
    .strictObject({ beacon: bytes32, weightsDigest: bytes32, prepared: z.base64(), report: z.unknown() })
    .optional(),
});

/** All that an owner who fingerprints in a browser must keep. Secret. */
export type OwnKeys = z.output<typeof schema>;

/** Bytes of a file that is read at all. */
const MOST_BYTES = 2 ** 28;

export const newKeys = (keys: Omit<OwnKeys, 'omlOwnerKeys' | 'about'>): OwnKeys => ({
  omlOwnerKeys: 1,
  about: ABOUT,
  ...keys,
});

/** Under which name the file is kept. */
export const keysFileName = ({ name, codeBook }: OwnKeys): string =>
  `${name.replace(/[^\w-]+/g, '-').slice(0, 40)}-${codeBook.root.slice(2, 10)}.keys.json`;

/** Reads a file that was kept. Throws REQUEST_INVALID where it is another one, or of another chain. */
export async function readKeys(file: Blob, place: Pick<OwnKeys, 'chainId' | 'modelRegistry'>): Promise<OwnKeys> {
  const refuse = (why: string, cause?: unknown) => new OmlError('REQUEST_INVALID', why, { cause });
  if (file.size > MOST_BYTES) throw refuse('This file is larger than any file of keys.');
  const read = schema.safeParse(await file.text().then(parsed));
  if (!read.success) throw refuse('This is no file of keys that this page made.', read.error);
  const { chainId, modelRegistry } = read.data;
  if (chainId !== place.chainId || modelRegistry.toLowerCase() !== place.modelRegistry.toLowerCase())
    throw refuse(`These keys were drawn for another deployment (chain ${chainId}).`);
  return read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
