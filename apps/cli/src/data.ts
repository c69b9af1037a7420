import { isFloatData, itemValues } from '@oml/onnx/data/fed-values';
import { readPreprocessingBeside } from '@oml/onnx/model-folder';
import type { Heldout } from '@oml/fingerprint/subject/measure';
import type { Ordinary, Subject } from '@oml/fingerprint/subject/subject';
import { OmlError } from '@oml/protocol/error';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Data {
  ordinary: Ordinary;
  heldout: Heldout;
}

/** Share of a text that is kept for measuring and never used for solving. */
const HELD_OUT = 0.2;
const LEAST_TOKENS = 20_000;

/**
 * What the model usually sees: a text of its kind (`--text`), or the files beside it, as `oml data make` writes them:
 * `ordinary.i32` and `heldout.i32` (tokens); or `ordinary`, `heldout` and `heldout.labels.u8` of items, which are bytes
 * (`.u8`) or float32 (`.f32`) as their preprocessing says. Throws REQUEST_INVALID with what to bring.
 */
export async function readData(subject: Subject, folder: string, text: string | undefined): Promise<Data> {
  return subject.inspection.kind === 'language' ? languageData(subject, folder, text) : itemData(folder);
}

async function languageData({ tokenizer }: Subject, folder: string, text: string | undefined): Promise<Data> {
  const [ordinary, heldout] = [await tokensOf(folder, 'ordinary'), await tokensOf(folder, 'heldout')];
  if (text === undefined && ordinary && heldout) return { ordinary, heldout: { tokens: heldout } };
  if (text === undefined)
    throw wanted(
      'Bring a text of the kind that the model was trained on, 100 KB or more: --text FILE, or documents of any ' +
        'number by oml data make.',
    );
  const all = Int32Array.from(tokenizer!.encode(await readFile(text, 'utf8')));
  if (all.length < LEAST_TOKENS)
    throw wanted(`${text} has ${all.length} tokens; at least ${LEAST_TOKENS} are needed to measure what is ordinary.`);
  const cut = Math.floor(all.length * (1 - HELD_OUT));
  return { ordinary: all.slice(0, cut), heldout: { tokens: all.slice(cut) } };
}

async function itemData(folder: string): Promise<Data> {
  const preprocessing = await readPreprocessingBeside(folder);
  const ending = isFloatData(preprocessing) ? 'f32' : 'u8';
  const [ordinary, heldout, labels] = [
    await bytesOf(folder, `ordinary.${ending}`),
    await bytesOf(folder, `heldout.${ending}`),
    await bytesOf(folder, 'heldout.labels.u8'),
  ];
  if (!ordinary || !heldout || !labels)
    throw wanted(
      `A classifier needs ordinary.${ending}, heldout.${ending} and heldout.labels.u8 in ${folder}: ` +
        'oml data make writes them from pictures, IDX, tables or sounds.',
    );
  return {
    ordinary: itemValues(ordinary, preprocessing),
    heldout: { values: itemValues(heldout, preprocessing), labels },
  };
}

async function tokensOf(folder: string, name: string): Promise<Int32Array | undefined> {
  const bytes = await bytesOf(folder, `${name}.i32`);
  return bytes && new Int32Array(bytes.slice().buffer, 0, bytes.length >> 2);
}

const bytesOf = async (folder: string, name: string): Promise<Uint8Array | undefined> => {
  const bytes = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return bytes && new Uint8Array(bytes);
};

const wanted = (message: string): OmlError => new OmlError('REQUEST_INVALID', message);
