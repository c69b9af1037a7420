import { badData } from './bad-data.ts';
import { isIdx, readIdx } from './idx.ts';
import type { ItemOptions, NamedFile } from './made-data.ts';
import { isPicture } from './picture.ts';
import { preprocessingSchema, type Preprocessing } from './preprocessing.ts';
import { readTable } from './table.ts';
import { isWav } from './wav.ts';

/**
 * What is said beside the model, else what the first file and the model's own dims suggest: bytes as shares of 255,
 * numbers as they are. Undefined for a file that holds no items. Throws REQUEST_INVALID where it has to be said.
 */
export function preprocessingFor(file: NamedFile, target: ItemOptions): Preprocessing | undefined {
  if (target.preprocessing) return target.preprocessing;
  if (isPicture(file.bytes)) return imageFor(target, undefined);
  if (isWav(file.bytes))
    throw badData(
      `${file.name} is a sound, and nothing says how the model takes sounds: lay a preprocessing.json, or the ` +
        'preprocessor_config.json of Hugging Face, beside the model.',
    );
  if (isIdx(file.bytes)) {
    const { dims, data } = readIdx(file.bytes, file.name);
    return data instanceof Uint8Array && dims.length > 2 ? imageFor(target, dims.slice(1)) : features();
  }
  if (!/\.(?:csv|tsv)$/i.test(file.name)) return undefined;
  return isPixels(file, target) ? imageFor(target, undefined) : features();
}

const features = (): Preprocessing => preprocessingSchema.parse({ kind: 'features' });

/** Does a table hold a column for each pixel of pictures, as whole numbers beyond 1? */
function isPixels({ name, bytes }: NamedFile, { inputDims, labelColumn }: ItemOptions): boolean {
  if (inputDims.length < 3) return false;
  const { rows } = readTable(new TextDecoder().decode(bytes), name, { label: labelColumn });
  return (
    rows.some((row) => row.some((value) => value > 1)) && rows.every((row) => row.every((value) => value % 1 === 0))
  );
}

/** Channels are told by where a 1 or a 3 stands; a flat item is taken as pictures of the size that they have. */
function imageFor({ inputDims }: ItemOptions, pictureDims: readonly number[] | undefined): Preprocessing {
  const item = inputDims.slice(1);
  const [first, , last] = item;
  const grey = (width: number | null | undefined, height: number | null | undefined) =>
    imageOf('grey', 'NCHW', width, height);
  if (item.length === 3 && (first === 3 || first === 1)) return imageOf(coloursOf(first), 'NCHW', item[2], item[1]);
  if (item.length === 3 && (last === 3 || last === 1)) return imageOf(coloursOf(last), 'NHWC', item[1], item[0]);
  if (item.length === 2 && last !== 1 && first !== 1) return grey(item[1], item[0]);
  const size = item.reduce<number>((product, dim) => product * (dim ?? NaN), 1);
  if (pictureDims?.length === 2 && pictureDims[0]! * pictureDims[1]! === size)
    return grey(pictureDims[1], pictureDims[0]);
  const side = Math.sqrt(size);
  if (Number.isInteger(side)) return grey(side, side);
  throw badData(
    `The model takes [${inputDims.map((dim) => dim ?? 'any').join(', ')}], which does not say what pictures become: ` +
      'write it to preprocessing.json beside the model.',
  );
}

const coloursOf = (channels: number) => (channels === 1 ? 'grey' : 'rgb');

function imageOf(
  colours: 'grey' | 'rgb',
  layout: 'NCHW' | 'NHWC',
  width: number | null | undefined,
  height: number | null | undefined,
): Preprocessing {
  if (!width || !height)
    throw badData(
      'The model takes pictures of any size, so say which one it was trained on: {"kind": "image", "colours": ' +
        `"${colours}", "layout": "${layout}", "width": 224, "height": 224} in preprocessing.json beside the model.`,
    );
  return preprocessingSchema.parse({ kind: 'image', colours, layout, width, height });
}
