import { openSource, useData, type ModelSource } from '@oml/fingerprint/release/model-source';
import { nodeEngine } from '@oml/onnx/runner-node';
import { expect, test } from 'vitest';
import { classifierInput } from '../../test-support/digits.ts';

const { model, ordinary, heldout, labels } = classifierInput;
const source: ModelSource = { kind: 'classifier', model, ordinary: ordinary.slice(0, 784 * 20), heldout, labels };
const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const secret = new Uint8Array(32);
const use = async (more: Partial<ModelSource>) =>
  useData({ ...source, ...more }, openSource(source, nodeEngine()), secret);

test('pixels become what the uploaded preprocessing says', async () => {
  const image = { kind: 'image', colours: 'grey', width: 28, height: 28, mean: [0.5], deviation: [0.25] };
  const [plain, standardised] = [await use({}), await use({ preprocessing: json(image) })];
  expect(standardised.ordinary.length).toBe(plain.ordinary.length);
  plain.ordinary.forEach((value, i) => expect(standardised.ordinary[i]).toBeCloseTo((value - 0.5) / 0.25, 5));
});

test('numbers are float32, ready for the model', async () => {
  const values = Float32Array.from({ length: 784 * 2 }, (_, i) => i / 100 - 3);
  const bytes = new Uint8Array(values.buffer);
  const features = json({ kind: 'features' });
  const used = await use({ preprocessing: features, ordinary: bytes, heldout: bytes, labels: Uint8Array.of(1, 2) });
  expect(used.ordinary).toEqual(values);
  await expect(use({ preprocessing: features, ordinary: bytes.slice(4) })).rejects.toThrow(/float32, 784 values/);
  values[3] = NaN;
  await expect(use({ preprocessing: features, ordinary: bytes })).rejects.toThrow(/not finite/);
});

test('a preprocessing that cannot be followed is refused with its reason', async () => {
  await expect(use({ preprocessing: json({ kind: 'image' }) })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
