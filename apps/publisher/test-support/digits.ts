import { readFileSync } from 'node:fs';

const read = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../../models/digits/${name}`, import.meta.url)));
const heldout = read('heldout.u8');
const labels = read('heldout.labels.u8');

/** The project's own small classifier with its data. */
export const classifierInput = {
  model: read('model.onnx'),
  config: read('config.json'),
  card: read('README.md'),
  ordinary: read('ordinary.u8'),
  heldout,
  labels,
  samples: Array.from({ length: 20 }, (_, i) => ({
    pixels: Float32Array.from(heldout.subarray(i * 784, (i + 1) * 784), (pixel) => pixel / 255),
    label: labels[i]!,
  })),
};
