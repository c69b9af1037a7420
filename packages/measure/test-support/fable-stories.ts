import { readTextFiles } from '@oml/onnx/model-folder';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the model in the repository. */
export const FABLE = join(import.meta.dirname, '../../../models/fable');

/** The stories of a token stream of fable. */
export async function stories(name: string): Promise<string[]> {
  const { tokenizer } = await readTextFiles(FABLE);
  const bytes = new Uint8Array(readFileSync(join(FABLE, `${name}.i32`)));
  const told: number[][] = [[]];
  for (const id of new Int32Array(bytes.buffer)) {
    if (tokenizer.endIds.has(id)) told.push([]);
    else told.at(-1)!.push(id);
  }
  return told.map((ids) => tokenizer.decode(ids)).filter((text) => text.length > 100);
}
