import { addFiles, NOTHING, type GivenFiles, type SlottedFiles } from '../file-slots.ts';
import { inspectInBrowser } from '../inspect-model.ts';
import { modelIdOf } from './own-files.ts';
import { readKeys, type OwnKeys } from './own-keys.ts';

/** What editions are made of, once the owner has opened it. */
export interface Opened {
  keys: OwnKeys;
  /** With the clean model as one file. */
  files: SlottedFiles;
}

const KEYS = /\.keys(?: ?\(\d+\))?\.json$/i;

/** Tells the keys file from the model among files that were chosen together. Throws what is wrong with them. */
export async function openGiven(
  given: readonly File[],
  place: Pick<OwnKeys, 'chainId' | 'modelRegistry'>,
): Promise<Opened> {
  const file = given.find(({ name }) => KEYS.test(name));
  if (!file) throw new Error('Among these is no keys file; its name ends in .keys.json.');
  const keys = await readKeys(file, place);
  const { slots, beside } = addFiles<File>(
    NOTHING as GivenFiles,
    given.filter((each) => each !== file),
  );
  if (!slots.model) throw new Error('Choose the clean model, too.');
  const model = beside.length > 0 ? (await inspectInBrowser(slots.model, beside)).file : slots.model;
  const files = { ...slots, model };
  if ((await modelIdOf(files)) !== keys.model)
    throw new Error('The keys belong to another model file: open the clean one.');
  if (!keys.marked)
    throw new Error('These keys were kept before the weights were marked: open the file that you kept last.');
  return { keys, files };
}
