import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { OmlError } from '@oml/protocol/error';
import { checked, type ByteSource, type ModelFiles } from './byte-source.ts';
import type { OnnxModel } from './model-file.ts';
import { openWhole } from './open-whole.ts';

/** Files on a disk, read by offset. Node only. */
export interface DiskFiles extends ModelFiles {
  /** Path of an external file, or of the model itself for ''. */
  pathOf(location: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * Opens a model file and, as they are asked for, the files beside it. Throws NOT_FOUND, and MODEL_INVALID for a link
 * that leads out of its folder.
 */
export async function openModelFiles(path: string): Promise<DiskFiles> {
  const handles: FileHandle[] = [];
  const opened = new Map<string, Promise<ByteSource>>();
  const source = (file: string) => opened.get(file) ?? opened.set(file, openSource(file, handles)).get(file)!;
  const model = await source(path);
  const pathOf = async (location: string) => (location === '' ? path : besideModel(path, location));
  return {
    model,
    pathOf,
    async external(location) {
      const file = await pathOf(location);
      return file === undefined ? undefined : source(file);
    },
    async close() {
      await Promise.all(handles.map((handle) => handle.close()));
    },
  };
}

/** The .onnx file that a path means: itself, or `model.onnx` in the folder. Throws NOT_FOUND. */
export async function modelFileOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new OmlError('NOT_FOUND', `There is no ${path}.`, { cause });
  });
  return found.isDirectory() ? join(path, 'model.onnx') : path;
}

/** Works on the files of the model that a path means, and closes them. Throws as {@link openModelFiles}. */
export async function withModelFiles<T>(path: string, work: (files: DiskFiles) => Promise<T>): Promise<T> {
  const files = await openModelFiles(await modelFileOf(path));
  return work(files).finally(() => files.close());
}

/** The model that a path means, in memory as one file; its weights may lie beside it. Throws as `openWhole`. */
export const readModelAt = (path: string): Promise<OnnxModel> => withModelFiles(path, openWhole);

async function openSource(path: string, handles: FileHandle[]): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new OmlError('NOT_FOUND', `The file ${path} cannot be opened.`, { cause });
  });
  handles.push(handle);
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(checked(size, offset, length));
      for (let at = 0; at < length;) {
        const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
        if (bytesRead === 0) throw new OmlError('MODEL_INVALID', 'The file was cut off while it was read.');
        at += bytesRead;
      }
      return bytes;
    },
  };
}

/**
 * Links may stay in the model's folder, or in the one that the model itself links into, as download caches lay them
 * out.
 */
async function besideModel(model: string, location: string): Promise<string | undefined> {
  const wanted = await realpath(join(dirname(model), location)).catch(() => undefined);
  if (wanted === undefined) return undefined;
  const own = await realpath(model);
  const homes = [await realpath(dirname(model)), dirname(own)];
  if (wanted === own || !homes.some((home) => wanted.startsWith(home.endsWith(sep) ? home : home + sep)))
    throw new OmlError('MODEL_INVALID', `The external data "${location}" does not lie beside the model.`, {
      details: { location },
    });
  return wanted;
}
