import { OmlError } from '@oml/protocol/error';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';

/** The files of a model folder by path relative to it, with `/`. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/**
 * The in-toto statement of OpenSSF Model Signing v1.0: every file with its SHA-256, and one digest over all of them.
 */
export const modelStatement = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: digest }) })]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.object({
    serialization: z.object({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.boolean(),
      ignore_paths: z.array(z.string()).optional(),
    }),
    resources: z.array(z.object({ name: z.string().min(1), algorithm: z.literal('sha256'), digest })).min(1),
  }),
});
export type ModelStatement = z.infer<typeof modelStatement>;

/** The signature stands beside the model and cannot cover itself; version control is no part of a model. */
const IGNORED = ['.git', '.gitattributes', '.github', '.gitignore'];

/**
 * States what a model consists of. `signaturePath` is where the signature will stand, if inside the folder. Throws
 * MODEL_INVALID.
 */
export function stateModel(name: string, files: ModelFiles, signaturePath = 'model.sig'): ModelStatement {
  const ignored = [signaturePath, ...IGNORED];
  const resources = [...files]
    .filter(([path]) => !isIgnored(path, ignored))
    .sort(([a], [b]) => comparePaths(a, b))
    .map(([path, bytes]) => ({ name: path, algorithm: 'sha256' as const, digest: bytesToHex(sha256(bytes)) }));
  if (resources.length === 0) throw new OmlError('MODEL_INVALID', `The model ${name} has no files to sign.`);
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: rootOf(resources) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: ignored },
      resources,
    },
  };
}

export interface FileDifferences {
  changed: string[];
  missing: string[];
  /** There, but not signed: a loader might pick it up. */
  unsigned: string[];
}

/** Compares a statement with the files at hand; all three lists empty means that they agree. */
export function compareFiles(statement: ModelStatement, files: ModelFiles): FileDifferences {
  const { resources, serialization } = statement.predicate;
  const signed = new Map(resources.map(({ name, digest: stated }) => [name, stated]));
  const unsigned = [...files.keys()].filter(
    (path) => !signed.has(path) && !isIgnored(path, serialization.ignore_paths ?? []),
  );
  const missing = [...signed.keys()].filter((path) => !files.has(path));
  const changed = [...signed]
    .filter(([path, stated]) => files.has(path) && bytesToHex(sha256(files.get(path)!)) !== stated)
    .map(([path]) => path);
  return { changed, missing, unsigned };
}

/** Reads a statement and checks that its root digest is that of its resources. Throws SIGNATURE_INVALID. */
export function readStatement(payload: unknown): ModelStatement {
  const parsed = modelStatement.safeParse(payload);
  if (!parsed.success)
    throw new OmlError(
      'SIGNATURE_INVALID',
      `This is no model statement: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}.`,
    );
  const { subject, predicate } = parsed.data;
  const root = rootOf(predicate.resources);
  if (root !== subject[0].digest.sha256)
    throw new OmlError(
      'SIGNATURE_INVALID',
      `The statement contradicts itself: its files hash to ${root}, it says ${subject[0].digest.sha256}.`,
    );
  return parsed.data;
}

/** SHA-256 over the digests, in the order of the statement. */
function rootOf(resources: ModelStatement['predicate']['resources']): string {
  const hash = sha256.create();
  for (const resource of resources) hash.update(hexToBytes(resource.digest));
  return bytesToHex(hash.digest());
}

const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** Folder by folder, each name by code points: the order in which the reference implementation sorts paths. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareCodePoints(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((char, i) => char !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1);
}
