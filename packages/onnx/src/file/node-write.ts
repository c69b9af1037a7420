import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OmlError } from '@oml/protocol/error';
import type { DiskFiles } from './node-files.ts';
import { locationsOf, type Patch } from './patch.ts';
import type { StoredModel } from './stored-model.ts';

/**
 * Copies a model's files into a folder, patched; returns the path of the copied model file. Files are cloned where the
 * file system can, and the patches are
 * then written in place, so that a large edition costs little more than its edit. The model file appears last and
 * whole. Node only.
 */
export async function writePatched(
  model: StoredModel & { files: DiskFiles },
  patches: readonly Patch[],
  folder: string,
): Promise<string> {
  const own = await model.files.pathOf('');
  const target = join(folder, basename(own!));
  await mkdir(folder, { recursive: true });
  for (const location of locationsOf(model).toReversed()) {
    const from = await model.files.pathOf(location);
    if (from === undefined) throw new OmlError('MODEL_INVALID', `The external data "${location}" is gone.`);
    const to = location === '' ? target : join(folder, location);
    if (to === from) throw new OmlError('REQUEST_INVALID', 'A patched model needs a folder of its own.');
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, `${to}.part`, constants.COPYFILE_FICLONE);
    await writeAt(
      `${to}.part`,
      patches.filter((patch) => patch.location === location),
    );
    await rename(`${to}.part`, to);
  }
  return target;
}

async function writeAt(path: string, patches: readonly Patch[]): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    for (const { offset, bytes } of patches) await handle.write(bytes, 0, bytes.length, offset);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
