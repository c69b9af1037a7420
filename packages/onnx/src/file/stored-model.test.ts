import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ModelProtoSchema, type ModelProto } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { externalFiles, externalized, inlineFiles, placeOutside } from '../../test-support/external-data.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { roundWeights, storeWeights } from '../rewrite/round.ts';
import { blobSource, bytesSource, modelFiles, type ModelFiles } from './byte-source.ts';
import { weightsDigest } from './digest.ts';
import { loadModel } from './inline.ts';
import { readModel } from './model-file.ts';
import { openModelFiles } from './node-files.ts';
import { writePatched } from './node-write.ts';
import { withPatches } from './overlay.ts';
import { patchedFile, patchTensor, readStored } from './patch.ts';
import { openStored } from './stored-model.ts';

const file = tinyLanguageModel();
async function joined(pieces: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}
const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i) / 3);

describe.each([
  ['inside of it', inlineFiles(file)],
  ['beside it', externalFiles(file)],
  ['in a Blob', modelFiles(blobSource(new Blob([file as Uint8Array<ArrayBuffer>])))],
])('a model with its weights %s', (_, files) => {
  test('has the digest, the graph and the weights of the file read whole', async () => {
    const [stored, whole] = [await openStored(files), readModel(file)];
    const progress: number[] = [];
    expect(await weightsDigest(stored, { onProgress: (share) => progress.push(share) })).toBe(
      await weightsDigest(whole),
    );
    expect(progress.at(-1)).toBeGreaterThan(0.99);
    expect(stored.graph.node.map((node) => node.opType)).toEqual(whole.graph.node.map((node) => node.opType));
    for (const tensor of whole.graph.initializer)
      expect(new Uint8Array((await readStored(stored, tensor.name)).buffer), tensor.name).toEqual(tensor.rawData);
    expect(await weightsDigest(await loadModel(stored))).toBe(await weightsDigest(whole));
  });
  test('stops hashing when told to', async () => {
    await expect(weightsDigest(await openStored(files), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

test('only the graph is read to open a model', async () => {
  let read = 0;
  const big = tinyLanguageModel({ vocabulary: 4096, size: 64, inner: 2048 });
  const counted = bytesSource(big);
  await openStored(
    modelFiles({ size: big.length, read: (offset, length) => ((read += length), counted.read(offset, length)) }),
  );
  expect(read).toBeLessThan(big.length / 4);
});

describe.each(['float32', 'float16', 'bfloat16'] as const)('patching %s weights', (format) => {
  const model = format === 'float32' ? readModel(file) : storeWeights(readModel(file), format);
  const name = format === 'float32' ? 'down' : `down.${format}`;
  test.each([
    ['inline', inlineFiles],
    ['external', externalFiles],
  ] as const)('%s: an edit of zero gives the same bytes, an edit gives its values', async (_, filesOf) => {
    const stored = await openStored(filesOf(model.bytes));
    const { location } = stored.stored.get(name)!;
    const source = location === '' ? stored.files.model : (await stored.files.external(location))!;
    const same = patchTensor(stored, name, await readStored(stored, name));
    expect(await joined(patchedFile(stored, location, [same]))).toEqual(Buffer.from(await source.read(0, source.size)));
    const patched = bytesSource(
      await joined(patchedFile(stored, location, [patchTensor(stored, name, numbers(1024))])),
    );
    const files: ModelFiles =
      location === '' ? modelFiles(patched) : modelFiles(stored.files.model, new Map([[location, patched]]));
    const again = await openStored(files);
    const expected =
      format === 'float32'
        ? numbers(1024)
        : await readStored(await openStored(inlineFiles(roundWeights(withDown(numbers(1024)), format).bytes)), 'down');
    expect(await readStored(again, name)).toEqual(expected);
    expect(await readStored(again, name.replace('down', 'up'))).toEqual(
      await readStored(stored, name.replace('down', 'up')),
    );
  });
});

test('a patch of another size, of unknown weights and of shared weights is refused', async () => {
  const stored = await openStored(inlineFiles(file));
  expect(() => patchTensor(stored, 'down', numbers(7))).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  expect(() => patchTensor(stored, 'nothing', numbers(7))).toThrow(
    expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }),
  );
  const { model, data } = externalized(file);
  const proto = fromBinary(ModelProtoSchema, model);
  const [up, down] = ['up', 'down'].map((name) => proto.graph!.initializer.find((tensor) => tensor.name === name)!);
  down!.externalData = up!.externalData;
  const shared = await openStored(
    modelFiles(bytesSource(toBinary(ModelProtoSchema, proto)), new Map([['model.onnx.data', bytesSource(data)]])),
  );
  expect(() => patchTensor(shared, 'down', numbers(1024))).toThrow(/same bytes/);
});

test('a model seen through patches reads as its patched file does, wherever a read begins and ends', () => {
  const place = fc.record({ offset: fc.nat(90), bytes: fc.uint8Array({ minLength: 1, maxLength: 10 }) });
  return fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 4 }), fc.nat(100), fc.nat(100), async (places, a, b) => {
      const patches = places.map(({ offset, bytes }) => ({ location: '', offset, bytes: new Uint8Array(bytes) }));
      const expected = Uint8Array.from({ length: 100 }, (_, i) => i);
      for (const { offset, bytes } of patches) expected.set(bytes, offset);
      const model = {
        ...(await openStored(inlineFiles(file))),
        files: modelFiles(bytesSource(Uint8Array.from({ length: 100 }, (_, i) => i))),
      };
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      expect(await withPatches(model, patches).files.model.read(from, to - from)).toEqual(expected.slice(from, to));
    }),
  );
});

describe('on a disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stored-'));
  const { model, data } = externalized(file);
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(join(folder, 'model.onnx.data'), data);

  test('a patched copy differs in the patched weights alone', async () => {
    const files = await openModelFiles(join(folder, 'model.onnx'));
    const stored = { ...(await openStored(files)), files };
    const target = await writePatched(stored, [patchTensor(stored, 'down', numbers(1024))], join(folder, 'edition'));
    expect(readFileSync(target)).toEqual(Buffer.from(model));
    const copy = await openModelFiles(target);
    expect(await readStored(await openStored(copy), 'down')).toEqual(numbers(1024));
    expect(await readStored(await openStored(copy), 'up')).toEqual(await readStored(stored, 'up'));
    await expect(writePatched(stored, [], folder)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await Promise.all([files.close(), copy.close()]);
  });

  test('links lead neither out of the folder nor to the model itself', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'secret'), data);
    symlinkSync(join(outside, 'secret'), join(folder, 'link.data'));
    for (const location of ['link.data', 'model.onnx']) {
      writeFileSync(
        join(folder, 'trap.onnx'),
        externalized(file, location === 'model.onnx' ? 'trap.onnx' : location).model,
      );
      const files = await openModelFiles(join(folder, 'trap.onnx'));
      await expect(openStored(files)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
      await files.close();
    }
    await expect(openModelFiles(join(folder, 'absent.onnx'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('refuses', () => {
  const opened = (change: (proto: ModelProto) => void) => {
    const { model, data } = externalized(tinyClassifier());
    const changed = fromBinary(ModelProtoSchema, model);
    change(changed);
    return openStored(
      modelFiles(
        bytesSource(toBinary(ModelProtoSchema, changed)),
        new Map([
          ['model.onnx.data', bytesSource(data)],
          ['etc/passwd', bytesSource(data)],
        ]),
      ),
    );
  };
  const proto = () => fromBinary(ModelProtoSchema, file);
  const first = (p: ModelProto) => p.graph!.initializer[0]!;
  const at = (entries: Record<string, string>) =>
    opened((p) => placeOutside(first(p), { location: 'model.onnx.data', ...entries }));

  test.each([
    '../model.onnx.data',
    '/etc/passwd',
    'a/../../b',
    'C:\\x',
    'a\\..\\b',
    '',
    '..',
    'a//b',
    'x\u0000y',
    'file:///etc/passwd',
    'a'.repeat(2000),
  ])('the location %j', async (location) => {
    await expect(at({ location })).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
  test.each([
    ['an offset beyond the end', { offset: '999999999' }],
    ['a length beyond the end', { offset: '0', length: '999999999' }],
    ['a negative offset', { offset: '-8' }],
    ['an offset that is no number', { offset: '1e3' }],
    ['a length unlike the dims', { offset: '0', length: '64' }],
    ['an offset into other weights', { offset: '64' }],
    ['a file that is not there', { location: 'elsewhere.data' }],
  ])('%s', async (_, entries) => {
    await expect(at(entries)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
  test('weights that are both inside and beside', async () => {
    await expect(opened((p) => (first(p).rawData = new Uint8Array(64)))).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
  });
  test('raw and typed values in one tensor, by both ways of reading', async () => {
    const twice = proto();
    first(twice).floatData = [1, 2];
    const bytes = toBinary(ModelProtoSchema, twice);
    await expect(openStored(inlineFiles(bytes))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(() => readModel(bytes)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });
  test('a second graph behind the first', async () => {
    await expect(openStored(inlineFiles(Buffer.concat([file, file])))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
  test('a graph larger than the limit', async () => {
    const limits = { maxBytes: 1e9, maxNodes: 100, maxInitializers: 100, maxElements: 1e9, maxGraphBytes: 300 };
    await expect(openStored(inlineFiles(file), limits)).rejects.toMatchObject({ code: 'MODEL_TOO_LARGE' });
  });
});

function withDown(values: Float32Array) {
  const model = readModel(file.slice());
  model.graph.initializer.find((tensor) => tensor.name === 'down')!.rawData = new Uint8Array(values.slice().buffer);
  return model;
}
