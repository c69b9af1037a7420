import type { ModelSource } from '@oml/fingerprint/release/model-source';
import type { SlottedFiles } from '../file-slots.ts';
import { uploadIdOf } from '../publisher-client.ts';

const bytesOf = async (file: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await file.arrayBuffer());

/** The files of a model as the jobs take them; `files.model` is one file. */
export async function sourceOf(files: SlottedFiles, kind: ModelSource['kind']): Promise<ModelSource> {
  const { model, ...others } = files;
  if (!model) throw new Error('Choose a model file first.');
  const parts = await Promise.all(
    (['tokenizer', 'tokenizerConfig', 'preprocessing', 'ordinary', 'heldout', 'labels'] as const).map(async (slot) => {
      const file = others[slot];
      return file ? [[slot, await bytesOf(file)] as const] : [];
    }),
  );
  return { kind, model: await bytesOf(model), ...Object.fromEntries(parts.flat()) };
}

/** What lies beside the weights in an edition, by plain name. */
export async function besideOf(files: SlottedFiles): Promise<Record<string, Uint8Array>> {
  const names = {
    tokenizer: 'tokenizer.json',
    tokenizerConfig: 'tokenizer_config.json',
    config: 'config.json',
    preprocessing: 'preprocessing.json',
  } as const;
  const parts = await Promise.all(
    (Object.keys(names) as (keyof typeof names)[]).map(async (slot) => {
      const file = files[slot];
      return file ? [[names[slot], await bytesOf(file)] as const] : [];
    }),
  );
  return Object.fromEntries(parts.flat());
}

/** SHA-256 of the model, by which keys know it. */
export const modelIdOf = (files: SlottedFiles): Promise<string> =>
  files.model ? uploadIdOf(files.model) : Promise.reject(new Error('Choose a model file first.'));
