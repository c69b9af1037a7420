import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Classifier } from '@oml/onnx/classifier';
import { nodeEngine } from '@oml/onnx/runner-node';
import { describe, expect, it } from 'vitest';
import { digitPixels, SAMPLES, SIZE } from './digit-image.ts';

const rows = (pixels: Float32Array) =>
  Array.from({ length: SIZE }, (_, y) => Math.max(...pixels.subarray(y * SIZE, (y + 1) * SIZE)));

describe('digitPixels', () => {
  it('draws nothing for no strokes', () => expect(Math.max(...digitPixels([]))).toBe(0));

  it('centres the ink and makes it about 20 pixels high wherever it was drawn', () => {
    for (const shift of [0, 0.3]) {
      const inked = rows(
        digitPixels([
          [
            [0.1 + shift, 0.1 + shift],
            [0.1 + shift, 0.4 + shift],
          ],
        ]),
      ).flatMap((value, y) => (value > 0.5 ? [y] : []));
      expect(inked.at(-1)! - inked[0]!).toBeGreaterThanOrEqual(19);
      expect(inked[0]! + inked.at(-1)!).toBe(SIZE - 1);
    }
  });

  it('stays within 0 and 1', () => {
    for (const strokes of SAMPLES)
      expect([...digitPixels(strokes)].every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('draws every sample so that the demo classifier reads it right', async () => {
    const model = new Uint8Array(await readFile(join(import.meta.dirname, '../../../../../models/digits/model.onnx')));
    const classifier = await Classifier.open({ model }, nodeEngine());
    const labels = [];
    for (const strokes of SAMPLES)
      labels.push((await classifier.classify({ shape: [1, 1, SIZE, SIZE], data: digitPixels(strokes) })).label);
    await classifier.dispose();
    expect(labels).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
