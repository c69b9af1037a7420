import { readModelAt } from '@oml/onnx/file/node-files';
import { OmlError } from '@oml/protocol/error';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES = {
  model: ['model.onnx'],
  tokenizer: ['tokenizer.json'],
  tokenizerConfig: ['tokenizer_config.json'],
  config: ['config.json'],
  card: ['README.md'],
  preprocessing: ['preprocessing.json', 'preprocessor_config.json'],
  ordinary: ['ordinary.i32', 'ordinary.u8', 'ordinary.f32'],
  heldout: ['heldout.i32', 'heldout.u8', 'heldout.f32'],
  labels: ['heldout.labels.u8'],
} as const;

/** The files of a model, by what they are for. */
export type ModelFolder = Partial<Record<keyof typeof FILES, NamedFile>> & { model: NamedFile };

const readBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** A publication is of one file: weights beside the model go into it. */
export const readWhole = async (path: string): Promise<Uint8Array> => (await readModelAt(path)).bytes;

/** A file of a model, whole in memory. */
export interface NamedFile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
  uploadId: string;
}

/** A file with its SHA-256, by which a publisher knows it. */
export function namedFile(path: string, bytes: Uint8Array): NamedFile {
  const uploadId = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes: new Uint8Array(bytes), uploadId };
}

/** The files of a folder, by what they are for. Throws NOT_FOUND without a model. */
export async function readFolder(dir: string): Promise<ModelFolder> {
  const files: Partial<ModelFolder> = {};
  for (const [key, names] of Object.entries(FILES) as [keyof typeof FILES, readonly string[]][]) {
    const path = names.map((name) => join(dir, name)).find((candidate) => existsSync(candidate));
    if (path) files[key] = namedFile(path, key === 'model' ? await readWhole(path) : readBytes(path));
  }
  const { model, ...rest } = files;
  if (!model) throw new OmlError('NOT_FOUND', `There is no model.onnx in ${dir}.`);
  return { model, ...rest };
}

/** What an order calls them. */
export const uploadIdsOf = (files: ModelFolder): PublishRequestJson['files'] =>
  Object.fromEntries(
    Object.entries(files).map(([key, { uploadId }]) => [key, uploadId]),
  ) as PublishRequestJson['files'];
