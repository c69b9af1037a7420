import { badData } from './bad-data.ts';
import { isIdx, readIdx } from './idx.ts';
import { imageBytes } from './image-items.ts';
import type { NamedFile } from './made-data.ts';
import { decodePicture, isPicture, type Picture } from './picture.ts';
import type { Preprocessing } from './preprocessing.ts';
import { soundValues } from './sound-items.ts';
import { standardise } from './standardise.ts';
import { readTable } from './table.ts';
import { isWav, readWav } from './wav.ts';

/** One input before it is split: bytes of a picture, or numbers ready for the model. */
export interface RawItem {
  value: Uint8Array | Float32Array;
  /** What the source calls its class. */
  label?: string;
}

export interface ReadOptions {
  preprocessing: Preprocessing;
  /** Column of the label in tables. */
  labelColumn?: string | undefined;
}

/** Are these labels of an IDX file of items? */
export const isLabelFile = ({ bytes }: NamedFile): boolean => isIdx(bytes) && bytes[3] === 1;

/**
 * The items of one file; a picture or a sound is one item, whose class is the folder in which it lies. Undefined for a
 * file of another kind. Throws REQUEST_INVALID.
 */
export function itemsOf(file: NamedFile, options: ReadOptions): RawItem[] | undefined {
  const { name, bytes } = file;
  const { preprocessing } = options;
  if (isPicture(bytes)) return [labelled(file, pictureValue(decodePicture(bytes, name), name, preprocessing))];
  if (isWav(bytes)) return [labelled(file, soundOf(file, preprocessing))];
  if (isIdx(bytes)) return idxItems(file, preprocessing);
  return /\.(?:csv|tsv)$/i.test(name) ? tableItems(file, options) : undefined;
}

/** The folder just around a file names its class. */
function labelled({ name }: NamedFile, value: RawItem['value']): RawItem {
  const folder = name.split('/').at(-2);
  return folder === undefined ? { value } : { value, label: folder };
}

function pictureValue(picture: Picture, name: string, preprocessing: Preprocessing): Uint8Array {
  if (preprocessing.kind === 'image') return imageBytes(picture, preprocessing);
  throw badData(`${name} is a picture, and the model takes ${WORDS[preprocessing.kind]}.`);
}

function soundOf({ name, bytes }: NamedFile, preprocessing: Preprocessing): Float32Array {
  if (preprocessing.kind === 'sound') return soundValues(readWav(bytes, name), name, preprocessing);
  throw badData(
    `${name} is a sound, and nothing says how the model takes sounds: lay a preprocessing.json (or Hugging Face's ` +
      'preprocessor_config.json) with its rate and its length beside the model.',
  );
}

const WORDS = { image: 'pictures', features: 'rows of numbers', sound: 'sounds' } as const;

/** Bytes of two dims an item are grey pictures, of three coloured ones; all else is rows of numbers. */
function idxItems({ name, bytes }: NamedFile, preprocessing: Preprocessing): RawItem[] {
  const { dims, data } = readIdx(bytes, name);
  const [count = 0, height = 1, width = 1, channels = 1] = dims;
  const size = data.length / count;
  const rows = Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
  const isPictures = dims.length === 3 || (dims.length === 4 && (channels === 1 || channels === 3));
  return rows.map((row) => {
    if (preprocessing.kind !== 'image') return { value: standardise(Float32Array.from(row), preprocessing) };
    if (row instanceof Float32Array || !isPictures)
      throw badData(`${name} holds [${dims.join(', ')}] of another kind than bytes of pictures.`);
    const picture: Picture = { width, height, channels: channels === 3 ? 3 : 1, bytes: row };
    return { value: imageBytes(picture, preprocessing) };
  });
}

function tableItems({ name, bytes }: NamedFile, { preprocessing, labelColumn }: ReadOptions): RawItem[] {
  const columns = preprocessing.kind === 'features' ? preprocessing.columns : [];
  const { rows, labels } = readTable(new TextDecoder().decode(bytes), name, { label: labelColumn, columns });
  return rows.map((row, i) => {
    const label = labels?.[i];
    const value = preprocessing.kind === 'image' ? pixelsOf(row, name, preprocessing) : standardise(row, preprocessing);
    return { value, ...(label === undefined ? {} : { label }) };
  });
}

/** A row of bytes is a picture of the model's own size, as data sets of digits are written. */
function pixelsOf(row: Float32Array, name: string, preprocessing: Preprocessing & { kind: 'image' }): Uint8Array {
  const { width, height } = preprocessing;
  const channels = row.length / (width * height);
  if ((channels !== 1 && channels !== 3) || !row.every((value) => value >= 0 && value <= 255 && value % 1 === 0))
    throw badData(
      `${name} has ${row.length} columns of numbers, and the model takes pictures of ${width} × ${height}: bring ` +
        'PNG, JPEG or IDX, or a table with a whole number from 0 to 255 for each pixel.',
    );
  return imageBytes({ width, height, channels, bytes: Uint8Array.from(row) }, preprocessing);
}
