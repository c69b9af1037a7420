import { OmlError } from '@oml/protocol/error';
import { readJson } from '@oml/protocol/wire/read-request';
import { needFile, textOf, type DataFiles } from '../data.ts';

/** Items with their classes. */
export interface LabelledItems {
  values: Float32Array;
  labels: Uint8Array;
}

const WHAT = 'inputs as bytes, one after another, and beside them NAME.labels.u8 with a byte each';

/**
 * `NAME.u8` and `NAME.labels.u8`: bytes as the model takes them, 0 to 255 standing for 0 to 1, or for (x − mean) / std
 * of those where `scale.json` says so. Throws REQUEST_INVALID.
 */
export function labelledItems(files: DataFiles, name: string, itemSize: number, classes: number): LabelledItems {
  const bytes = needFile(files, `${name}.u8`, WHAT);
  const labels = needFile(files, `${name}.labels.u8`, 'one byte of class each');
  if (bytes.length !== labels.length * itemSize)
    throw new OmlError(
      'REQUEST_INVALID',
      `${name}.u8 has ${bytes.length} bytes; ${labels.length} labels of ${itemSize} values want ${labels.length * itemSize}.`,
    );
  const wrong = labels.find((label) => label >= classes);
  if (wrong !== undefined)
    throw new OmlError('REQUEST_INVALID', `${name}.labels.u8 names class ${wrong}; the model has ${classes}.`);
  const { mean, std } = scaleOf(files);
  return { values: Float32Array.from(bytes, (byte) => (byte / 255 - mean) / std), labels };
}

function scaleOf(files: DataFiles): { mean: number; std: number } {
  const file = files.get('scale.json');
  if (!file) return { mean: 0, std: 1 };
  const { mean, std } = (readJson(textOf('scale.json', file)) ?? {}) as { mean?: unknown; std?: unknown };
  if (typeof mean === 'number' && typeof std === 'number' && std > 0) return { mean, std };
  throw new OmlError('REQUEST_INVALID', 'scale.json holds {"mean": number, "std": number above 0}.');
}
