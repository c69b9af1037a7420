import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { isOmlError } from '@oml/protocol/error';
import fc from 'fast-check';
import { ModelProtoSchema, type ModelProto } from 'onnx-buf';
import { expect, test } from 'vitest';
import { fusedBertModel } from '../../test-support/architectures/encoder.ts';
import { gptModel } from '../../test-support/architectures/gpt.ts';
import { genaiLlamaModel } from '../../test-support/architectures/llama.ts';
import { externalized, inlineFiles } from '../../test-support/external-data.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { inspectModel } from '../inspect/inspect.ts';
import { bytesSource, modelFiles } from './byte-source.ts';
import { weightsDigest } from './digest.ts';
import { readModel } from './model-file.ts';
import { openStored } from './stored-model.ts';

const CODES = new Set(['MODEL_NOT_ONNX', 'MODEL_TOO_LARGE', 'MODEL_INVALID', 'MODEL_UNSUPPORTED']);
const files = [
  tinyLanguageModel({ vocabulary: 40, size: 4, inner: 8 }),
  tinyClassifier({ features: 12 }),
  externalized(tinyLanguageModel()).model,
  gptModel(),
  genaiLlamaModel(),
  fusedBertModel(),
];
const { data } = externalized(tinyLanguageModel());

/**
 * Reads a file by every way there is: each ends in a model or in a stable code, and what both ways accept is the same.
 */
async function readEveryWay(bytes: Uint8Array): Promise<void> {
  const whole = await outcome(() => readModel(bytes));
  const stored = await outcome(() =>
    openStored(modelFiles(bytesSource(bytes), new Map([['model.onnx.data', bytesSource(data)]]))),
  );
  if (typeof stored === 'string') return;
  for (const { location, offset, length } of stored.stored.values()) {
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset + length).toBeLessThanOrEqual(location === '' ? bytes.length : data.length);
  }
  await outcome(() => weightsDigest(stored));
  const inspected = await outcome(() => inspectModel(stored));
  if (typeof whole !== 'string') expect(inspected).toEqual(await outcome(() => inspectModel(whole)));
}

async function outcome<T>(action: () => T | Promise<T>): Promise<T | string> {
  try {
    return await action();
  } catch (error) {
    if (isOmlError(error) && CODES.has(error.code)) return error.code;
    throw error;
  }
}

const file = fc.constantFrom(...files);

test('any cut of a file is refused or read', () =>
  fc.assert(
    fc.asyncProperty(file, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, share) =>
      readEveryWay(bytes.slice(0, Math.floor(share * bytes.length))),
    ),
    { numRuns: 100 },
  ));

test('any flipped bits are refused or read', () =>
  fc.assert(
    fc.asyncProperty(
      file,
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(7)), { minLength: 1, maxLength: 6 }),
      async (bytes, flips) => {
        const broken = bytes.slice();
        for (const [share, bit] of flips) broken[Math.floor(share * broken.length)]! ^= 1 << bit;
        await readEveryWay(broken);
      },
    ),
    { numRuns: 200 },
  ));

test('any bytes spliced over the structure are refused or read', () =>
  fc.assert(
    fc.asyncProperty(file, fc.nat(4000), fc.uint8Array({ minLength: 1, maxLength: 40 }), async (bytes, at, splice) => {
      const broken = bytes.slice();
      const start = at % (broken.length - splice.length);
      broken.set(splice, start);
      await readEveryWay(broken);
    }),
    { numRuns: 200 },
  ));

test('any bytes at all are refused or read', () =>
  fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), readEveryWay), { numRuns: 200 }));

test('any dims, wiring and places are refused or read', () => {
  const dim = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 64n }));
  return fc.assert(
    fc.asyncProperty(
      file,
      fc.array(dim, { maxLength: 20 }),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.string(),
      async (bytes, dims, which, from, to, text) => {
        const proto = fromBinary(ModelProtoSchema, bytes);
        const { node, initializer } = proto.graph!;
        const tensor = initializer[which % initializer.length]!;
        if (which % 3 === 0) tensor.dims = dims;
        else if (tensor.externalData.length > 0) tensor.externalData[which % tensor.externalData.length]!.value = text;
        const [a, b] = [node[from % node.length]!, node[to % node.length]!];
        a.input[from % Math.max(1, a.input.length)] = b.output[0]!;
        await readEveryWay(toBinary(ModelProtoSchema, proto));
      },
    ),
    { numRuns: 200 },
  );
});

test('a cycle is refused, and so are graphs in graphs without end', async () => {
  const cyclic = changed((p) => (p.graph!.node[1]!.input[0] = p.graph!.node.at(-1)!.output[0]!));
  expect(await outcome(() => readModel(cyclic))).toBe('MODEL_INVALID');
  expect(await outcome(() => openStored(inlineFiles(cyclic)))).toBe('MODEL_INVALID');
  let nested = Uint8Array.of();
  for (let i = 0; i < 5000; i++) nested = wrap(7, wrap(1, wrap(5, wrap(6, nested))));
  expect(await outcome(() => readModel(nested))).toBe('MODEL_NOT_ONNX');
  expect(await outcome(() => openStored(inlineFiles(nested)))).toBe('MODEL_NOT_ONNX');
});

test('a million little values are no way around the limits', async () => {
  const field = Uint8Array.from({ length: 5e6 }, (_, i) => (i % 5 === 0 ? 0x25 : 0));
  expect(await outcome(() => openStored(inlineFiles(wrap(7, wrap(5, field)))))).toBe('MODEL_NOT_ONNX');
});

function changed(change: (proto: ModelProto) => void): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, files[0]!);
  change(proto);
  return toBinary(ModelProtoSchema, proto);
}

/** A length-delimited protobuf field. */
function wrap(field: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const length: number[] = [];
  for (let left = payload.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  const bytes = new Uint8Array(1 + length.length + payload.length);
  bytes.set([field * 8 + 2, ...length]);
  bytes.set(payload, 1 + length.length);
  return bytes;
}
