import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType, type NodeProto } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { engineSums, pairInInt16, pairInInt32, plainSums, type Product } from '../../test-support/integer-products.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { buildModel, buildNode, buildTensor, buildValue } from '../file/build.ts';
import { readModel, type OnnxModel } from '../file/model-file.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { openOrtRunner } from '../run/runner-ort.ts';
import type { Engine, Tensor } from '../run/runner.ts';
import { webEngine } from '../run/runner-web.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { quantizeInt8 } from './int8.ts';

const native = nodeEngine();
const web = webEngine({ wasmPaths: new URL('./', import.meta.resolve('onnxruntime-web/wasm')).href });
const engines: [string, Engine][] = [
  ['onnxruntime-node', native],
  ['onnxruntime-web', web],
];
/** The engine as its makers ship it, without what {@link nodeEngine} asks of it. */
const untold: Engine = { open: (model) => openOrtRunner(ort, model, { executionProviders: ['cpu'] }) };

const fill = (length: number, byte: () => number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, byte);

/** Bytes of which many are the least and the greatest: what saturates first. */
function product({ seed, inputs, rows = 3, columns = 5, extreme = 0.5 }: Size): Product {
  const random = seededRandom(seed);
  const byte = () => (random() < extreme ? (random() < 0.5 ? 0 : 255) : Math.floor(random() * 256));
  const w = fill(inputs * columns, () => Math.max(1, byte()));
  return { a: fill(rows * inputs, byte), aZero: byte(), w, wZero: 128, rows, inputs, columns };
}
interface Size {
  seed: number;
  inputs: number;
  rows?: number;
  columns?: number;
  extreme?: number;
}

const all255 = (inputs: number, weight: number, signed: boolean): Product => ({
  a: fill(2 * inputs, () => 255),
  aZero: 0,
  w: signed ? new Int8Array(inputs * 4).fill(weight) : fill(inputs * 4, () => weight + 128),
  wZero: signed ? 0 : 128,
  rows: 2,
  inputs,
  columns: 4,
});

describe('the arithmetic of x86 without VNNI', () => {
  test('two products of 255 with int8 weights leave 16 bits; with seven bits of weight they do not', () => {
    expect(pairInInt16([255, 255], [127, 127])).toBe(32_767);
    expect(2 * 255 * 127).toBe(64_770);
    expect(pairInInt16([255, 255], [-127, -127])).toBe(-32_768);
    expect(pairInInt16([255, 255], [64, 64])).toBe(2 * 255 * 64);
  });
  test('widened first, as u8 × u8 is, no pair of bytes overflows', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte), fc.tuple(byte, byte), (a, w) => {
        expect(pairInInt32(a, w)).toBe(a[0] * w[0] + a[1] * w[1]);
      }),
    );
    expect(pairInInt32([255, 255], [255, 255])).toBe(130_050);
  });
});

describe.each(engines)('integer products of %s', (_, engine) => {
  test('of uint8 weights are those of plain arithmetic, for random and for extreme bytes', async () => {
    const size = fc.record({
      seed: fc.nat(),
      inputs: fc.integer({ min: 1, max: 1024 }),
      rows: fc.constantFrom(1, 2, 3, 9),
      columns: fc.constantFrom(1, 2, 5, 16, 33),
      extreme: fc.constantFrom(0, 0.5, 1),
    });
    const equal = async (one: Size) => {
      const made = product(one);
      expect(await engineSums(engine, made)).toEqual(plainSums(made));
    };
    await fc.assert(fc.asyncProperty(size, equal), { numRuns: 60 });
  });
  test.each([1, 2, 3, 4, 31, 32, 64, 255, 256, 1024])('of %d times 255 and the greatest weights', async (inputs) => {
    for (const weight of [127, -127]) {
      const made = all255(inputs, weight, false);
      expect(await engineSums(engine, made)).toEqual(plainSums(made));
    }
  });
  test('of int8 weights that somebody else wrote as well', async () => {
    for (const weight of [127, -127]) {
      const made = all255(64, weight, true);
      expect(await engineSums(engine, made)).toEqual(plainSums(made));
    }
  });
  test.each([
    ['a language model', readModel(tinyLanguageModel()), tokens()],
    ['a classifier', readModel(tinyClassifier({ features: 45 })), image()],
  ])('make %s answer as if every product were plain arithmetic', async (__, model, feeds) => {
    for (const granularity of ['tensor', 'column'] as const) {
      const small = quantizeInt8(model, { granularity });
      expect(await answers(engine, small.bytes, feeds)).toEqual(await answers(engine, withPlainProducts(small), feeds));
    }
  });
});

const extremes = all255(64, 127, true);
const saturates = String(await engineSums(untold, extremes)) !== String(plainSums(extremes));

describe('a CPU that saturates', () => {
  test.skipIf(!saturates)(
    'gives wrong sums of int8 weights to an engine that is not told (skipped here: this CPU has VNNI or is no x86)',
    async () => {
      expect((await engineSums(untold, extremes))[0]).toBe(32 * 32_767);
      expect((await engineSums(native, extremes))[0]).toBe(64 * 255 * 127);
    },
  );
});

test('a product whose sum could leave 32 bits is refused', () => {
  const { FLOAT } = TensorProto_DataType;
  const wide = buildModel('wide', {
    node: [buildNode('MatMul', ['x', 'w'], 'y')],
    input: [buildValue('x', FLOAT, [1, 65_794])],
    output: [buildValue('y', FLOAT, [1, 1])],
    initializer: [buildTensor('w', FLOAT, [65_794, 1], new Float32Array(65_794))],
  });
  expect(() => quantizeInt8(readModel(wide))).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
});

function tokens(): Record<string, Tensor> {
  const data = BigInt64Array.from({ length: 16 }, (_, i) => BigInt(3 + 7 * i));
  return { input_ids: { dtype: 'int64', dims: [1, 16], data } };
}

function image(): Record<string, Tensor> {
  const data = Float32Array.from({ length: 196 }, (_, i) => Math.sin(i));
  return { image: { dtype: 'float32', dims: [1, 1, 14, 14], data } };
}

async function answers(engine: Engine, file: Uint8Array, feeds: Record<string, Tensor>): Promise<Float32Array> {
  const runner = await engine.open(file);
  try {
    return Object.values(await runner.run(feeds))[0]!.data;
  } finally {
    await runner.dispose();
  }
}

/** The same graph with each MatMulInteger as a product of float64, in which these integers are exact. */
function withPlainProducts({ proto, graph }: OnnxModel): Uint8Array {
  const { DOUBLE, INT32 } = TensorProto_DataType;
  const plain = (node: NodeProto): NodeProto[] => {
    const [a, w, aZero, wZero] = node.input as [string, string, string, string];
    const [name] = node.output as [string];
    const double = (from: string, to: string) => buildNode('Cast', [from], `${name}/${to}`, { to: BigInt(DOUBLE) });
    return [
      double(a, 'a'),
      double(w, 'w'),
      double(aZero, 'a_zero'),
      double(wZero, 'w_zero'),
      buildNode('Sub', [`${name}/a`, `${name}/a_zero`], `${name}/a_less`),
      buildNode('Sub', [`${name}/w`, `${name}/w_zero`], `${name}/w_less`),
      buildNode('MatMul', [`${name}/a_less`, `${name}/w_less`], `${name}/sum`),
      buildNode('Cast', [`${name}/sum`], name, { to: BigInt(INT32) }),
    ];
  };
  const node = graph.node.flatMap((one) => (one.opType === 'MatMulInteger' ? plain(one) : [one]));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { ...proto, graph: create(GraphProtoSchema, { ...graph, node }) }),
  );
}
