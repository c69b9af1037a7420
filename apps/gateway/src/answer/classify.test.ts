import { Classifier } from '@oml/onnx/classifier';
import { readPreprocessing } from '@oml/onnx/data/preprocessing';
import { nodeEngine } from '@oml/onnx/runner-node';
import { toBase64 } from '@oml/protocol/wire/base64';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifyCall } from './classify.ts';
import type { ServedModel } from './models.ts';

const digits = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../../models/digits/${name}`, import.meta.url)));
const [pixels, truth] = [digits('heldout.u8').slice(0, 784), digits('heldout.labels.u8')[0]!];
let [plain, negative]: Classifier[] = [];

beforeAll(async () => {
  const preprocessing = readPreprocessing({
    kind: 'image',
    colours: 'grey',
    width: 28,
    height: 28,
    mean: [1],
    deviation: [-1],
  });
  plain = await Classifier.open({ model: digits('model.onnx') }, nodeEngine());
  negative = await Classifier.open({ model: digits('model.onnx'), preprocessing }, nodeEngine());
});
afterAll(async () => void (await Promise.all([plain?.dispose(), negative?.dispose()])));

async function labelOf(engine: Classifier, tensor: Uint8Array | Float32Array): Promise<number> {
  const bytes = new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength);
  const dtype = tensor instanceof Uint8Array ? 'uint8' : 'float32';
  const body = JSON.stringify({ model: 'digits', dtype, shape: [1, 1, 28, 28], data: toBase64(bytes) });
  const call = classifyCall(body, () => ({ model: 'digits', engine, labels: [] }) as unknown as ServedModel);
  const outcome = await call.run(async () => {});
  return outcome.kind === 'label' ? outcome.index : -1;
}

test('pixels of a call become what the edition says: here their negatives', async () => {
  const turned = pixels.map((pixel) => 255 - pixel);
  expect(await labelOf(plain!, pixels)).toBe(truth);
  expect(await labelOf(negative!, turned)).toBe(truth);
  expect(await labelOf(plain!, turned)).not.toBe(truth);
});

test('float32 is fed as it is, as keys are', async () => {
  const values = Float32Array.from(pixels, (pixel) => pixel / 255);
  expect(await labelOf(negative!, values)).toBe(truth);
});
