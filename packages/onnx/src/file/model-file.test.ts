import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { isOmlError } from '@oml/protocol/error';
import { ModelProtoSchema, StringStringEntryProtoSchema } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { tinyClassifier } from '../../test-support/tiny-models.ts';
import { weightsDigest } from './digest.ts';
import { MODEL_LIMITS } from './hostile.ts';
import { readModel, writeModel } from './model-file.ts';
import { readFloats, writeFloats } from './tensor.ts';

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'none';
  } catch (error) {
    return isOmlError(error) ? error.code : String(error);
  }
};

/** The tiny classifier after a change to its protobuf. */
const broken = (change: (proto: ReturnType<typeof read>) => void): Uint8Array => {
  const proto = read();
  change(proto);
  return toBinary(ModelProtoSchema, proto);
};
const read = () => fromBinary(ModelProtoSchema, tinyClassifier());

describe('a hostile model file', () => {
  const cases: Record<string, [Uint8Array, string]> = {
    'is empty': [new Uint8Array(), 'MODEL_NOT_ONNX'],
    'is text': [new TextEncoder().encode('{"not": "a model"}'), 'MODEL_NOT_ONNX'],
    'is cut off': [tinyClassifier().slice(0, 5000), 'MODEL_NOT_ONNX'],
    'is a pickle': [Uint8Array.of(0x80, 0x04, 0x95, 0x1a, 0, 0, 0, 0, 0, 0, 0, 0x7d), 'MODEL_NOT_ONNX'],
    'has a negative dim': [broken((p) => (p.graph!.initializer[0]!.dims = [-1n, 196n])), 'MODEL_INVALID'],
    'has an absurd dim': [broken((p) => (p.graph!.initializer[0]!.dims = [2n ** 62n, 4n])), 'MODEL_TOO_LARGE'],
    'has dims that its data do not fill': [broken((p) => (p.graph!.initializer[0]!.dims = [7n])), 'MODEL_INVALID'],
    'keeps weights elsewhere': [
      broken((p) =>
        p.graph!.initializer[0]!.externalData.push(
          create(StringStringEntryProtoSchema, { key: 'location', value: '/etc/passwd' }),
        ),
      ),
      'MODEL_UNSUPPORTED',
    ],
    'defines a tensor twice': [broken((p) => p.graph!.initializer.push(p.graph!.initializer[0]!)), 'MODEL_INVALID'],
  };
  for (const [name, [bytes, code]] of Object.entries(cases))
    test(`that ${name} is refused with ${code}`, () => expect(codeOf(() => readModel(bytes))).toBe(code));

  test('that is larger than the limits is refused before it is decoded', () => {
    expect(codeOf(() => readModel(new Uint8Array(100), { ...MODEL_LIMITS, maxBytes: 99 }))).toBe('MODEL_TOO_LARGE');
    expect(codeOf(() => readModel(tinyClassifier(), { ...MODEL_LIMITS, maxNodes: 3 }))).toBe('MODEL_TOO_LARGE');
  });
});

describe('the weights digest', () => {
  test('does not depend on the order of initializers or on how their numbers are encoded', async () => {
    const reordered = broken((proto) => {
      proto.graph!.initializer.reverse();
      const tensor = proto.graph!.initializer[0]!;
      tensor.floatData = [...readFloats(tensor)];
      tensor.rawData = new Uint8Array();
    });
    expect(await weightsDigest(readModel(reordered))).toBe(await weightsDigest(readModel(tinyClassifier())));
  });

  test('changes with one weight and one dim', async () => {
    const files = [
      tinyClassifier(),
      broken((proto) => (proto.graph!.initializer[0]!.dims = proto.graph!.initializer[0]!.dims.toReversed())),
      broken((proto) => (proto.graph!.initializer[0]!.rawData[0]! ^= 1)),
    ];
    const digests = await Promise.all(files.map((bytes) => weightsDigest(readModel(bytes))));
    expect(new Set(digests).size).toBe(files.length);
  });
});

test('weights written into a model come back from its file', () => {
  const model = readModel(tinyClassifier());
  const bias = model.graph.initializer.find((tensor) => tensor.name === 'b2')!;
  writeFloats(
    bias,
    readFloats(bias).map((_, i) => i / 4),
  );
  const again = readModel(writeModel(model)).graph.initializer.find((tensor) => tensor.name === 'b2')!;
  expect([...readFloats(again)]).toEqual(Array.from({ length: 10 }, (_, i) => i / 4));
});
