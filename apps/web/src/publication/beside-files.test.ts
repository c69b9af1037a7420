import { openWhole } from '@oml/onnx/file/open-whole';
import { blobSource } from '@oml/onnx/file/byte-source';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { scattered } from '@oml/onnx/test-support/external-data';
import { tinyLanguageModel } from '@oml/onnx/test-support/tiny-models';
import { describe, expect, it } from 'vitest';
import { besideFiles } from './beside-files.ts';

const file = tinyLanguageModel();
const digest = await weightsDigest(readModel(file));
const blob = (name: string, bytes: Uint8Array<ArrayBuffer>) => Object.assign(new Blob([bytes]), { name });

/** As a page is given them: by their last name alone. */
const opened = (nameOf: (i: number) => string) => {
  const { model, files } = scattered(file, nameOf);
  const given = [...files].map(([name, bytes]) => blob(name.slice(name.lastIndexOf('/') + 1), bytes));
  return openWhole({ model: blobSource(blob('model.onnx', model)), external: besideFiles(given) });
};

describe('files beside a model in a page', () => {
  it.each(['model.onnx.data', 'weights/part.bin'])('are found as %s', async (name) =>
    expect(await weightsDigest(await opened(() => name))).toBe(digest),
  );
  it('never stand for two of the same name in two folders', async () =>
    expect(opened((i) => `${i % 2}/part.bin`)).rejects.toMatchObject({ code: 'MODEL_INVALID' }));
});
