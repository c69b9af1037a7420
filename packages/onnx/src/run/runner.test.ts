import { TensorProto_DataType } from 'onnx-buf';
import { expect, test } from 'vitest';
import { tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { buildModel, buildNode, buildValue } from '../file/build.ts';
import { readModel } from '../file/model-file.ts';
import { matmulModel } from '../inspect/graph.ts';
import { quantizeInt4 } from '../rewrite/int4.ts';
import { quantizeInt8 } from '../rewrite/int8.ts';
import { nodeEngine } from './runner-node.ts';
import { seededRandom } from './seeded-random.ts';
import type { Engine, FloatTensor } from './runner.ts';
import { webEngine } from './runner-web.ts';

const feed = { input_ids: { dtype: 'int64' as const, dims: [1, 3], data: BigInt64Array.of(3n, 70n, 9n) } };

async function scores(engine: Engine, file = tinyLanguageModel()): Promise<FloatTensor> {
  const runner = await engine.open(file);
  const { logits } = await runner.run(feed);
  await runner.dispose();
  return logits!;
}

test('the WebAssembly engine of browsers gives the scores of the native one', async () => {
  const wasmPaths = new URL('./', import.meta.resolve('onnxruntime-web/wasm')).href;
  const [native, web] = [await scores(nodeEngine()), await scores(webEngine({ wasmPaths }))];
  expect(web.dims).toEqual([1, 3, 128]);
  web.data.forEach((value, i) => expect(value).toBeCloseTo(native.data[i]!, 3));
});

test('a file that the engine cannot run, and an input that it cannot take, give stable codes', async () => {
  await expect(nodeEngine().open(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  const runner = await nodeEngine().open(tinyLanguageModel());
  await expect(
    runner.run({ input_ids: { ...feed.input_ids, data: BigInt64Array.of(3n, 9999n, 9n) } }),
  ).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  await runner.dispose();
});

test('a graph that is refused is refused in the engine’s own words: the node and both types', async () => {
  const file = buildModel('stale', {
    node: [buildNode('Cast', ['f'], 'stale_cast', { to: BigInt(TensorProto_DataType.FLOAT) })],
    input: [buildValue('f', TensorProto_DataType.FLOAT16, ['n'])],
    output: [buildValue('stale_cast', TensorProto_DataType.FLOAT16, ['n'])],
  });
  const said = /stale_cast.*tensor\(float16\)|tensor\(float16\).*stale_cast/;
  await expect(nodeEngine().open(file)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: expect.stringMatching(said),
  });
});

test('float16 goes in and comes out as its bits', async () => {
  const half = (name: string) => buildValue(name, TensorProto_DataType.FLOAT16, ['n']);
  const file = buildModel('double', {
    node: [buildNode('Add', ['a', 'a'], 'b')],
    input: [half('a')],
    output: [half('b')],
  });
  const wasmPaths = new URL('./', import.meta.resolve('onnxruntime-web/wasm')).href;
  for (const engine of [nodeEngine(), webEngine({ wasmPaths })]) {
    const runner = await engine.open(file);
    const feeds = { a: { dtype: 'float16' as const, dims: [2], data: Uint16Array.of(0x3c00, 0xc000) } };
    expect((await runner.runTensors(feeds)).b).toEqual({
      dtype: 'float16',
      dims: [2],
      data: Uint16Array.of(0x4000, 0xc400),
    });
    expect([...(await runner.run(feeds)).b!.data]).toEqual([2, -4]);
    await runner.dispose();
  }
});

test('threads change no more than the last digits of a product, and the same threads nothing', async () => {
  const random = seededRandom(5);
  const matrix = (rows: number, columns: number): FloatTensor => ({
    dtype: 'float32',
    dims: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => random() - 0.5),
  });
  const feeds = { a: matrix(96, 700), b: matrix(700, 333) };
  const product = async (threads: number) => {
    const runner = await nodeEngine({ threads }).open(matmulModel(false));
    const { c } = await runner.run(feeds);
    await runner.dispose();
    return c!.data;
  };
  const alone = await product(1);
  const differs = (other: Float32Array) => Math.max(...other.map((value, i) => Math.abs(value - alone[i]!)));
  expect(differs(await product(1))).toBe(0);
  for (const threads of [2, 3, 8]) expect(differs(await product(threads))).toBeLessThan(1e-4);
});

test.each([
  ['int8', quantizeInt8],
  ['int4', quantizeInt4],
])('the WebAssembly engine runs real %s graphs as the native one does', async (_, quantize) => {
  const wasmPaths = new URL('./', import.meta.resolve('onnxruntime-web/wasm')).href;
  const small = quantize(readModel(tinyLanguageModel())).bytes;
  const [native, web] = [await scores(nodeEngine(), small), await scores(webEngine({ wasmPaths }), small)];
  web.data.forEach((value, i) => expect(value).toBeCloseTo(native.data[i]!, 3));
});
