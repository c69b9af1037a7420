import { OmlError } from '@oml/protocol/error';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LONGEST = 2_000;

/** What buyers of a model ask, in the operator's own words: a prompt a line in `<folder>/<modelId>.txt`. */
export type Corpus = (modelId: bigint) => Promise<string[]>;

/** Without a folder, or a file for the model, it is empty. Throws ENV_INVALID where the file cannot be read. */
export function corpusIn(folder: string | undefined): Corpus {
  return async (modelId) => {
    if (folder === undefined) return [];
    const text = await readFile(join(folder, `${modelId}.txt`), 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return '';
      throw new OmlError('ENV_INVALID', `CORPUS_DIR: the prompts of model ${modelId} cannot be read.`, { cause });
    });
    return text.split('\n').filter((line) => line.trim() !== '' && line.length <= LONGEST);
  };
}
