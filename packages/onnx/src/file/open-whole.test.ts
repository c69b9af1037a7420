import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  type TensorProto,
} from 'onnx-buf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeOutside, scattered } from '../../test-support/external-data.ts';
import { haveSharedModels, imageFiles, languageFiles } from '../../test-support/shared-models.ts';
import { tinyClassifier } from '../../test-support/tiny-models.ts';
import { Classifier } from '../run/classifier.ts';
import { LanguageModel } from '../run/language-model.ts';
import { readModelFacts } from '../run/model-facts.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { bytesSource, folderFiles, modelFiles } from './byte-source.ts';
import { weightsDigest } from './digest.ts';
import { readModel } from './model-file.ts';
import { readModelAt } from './node-files.ts';
import { openWhole } from './open-whole.ts';

const NAMINGS: [string, (i: number) => string][] = [
  ['one file, as PyTorch names it', () => 'model.onnx.data'],
  ['one file, as Optimum names it', () => 'model.onnx_data'],
  ['one file of any name', () => 'weights.bin'],
  ['several files', (i) => `part-${i % 3}.data`],
  ['a file for each weight', (i) => `onnx__MatMul_${i}`],
  ['a folder of their own', () => 'weights/all.bin'],
  ['folders in folders', (i) => `weights/${i % 2}/part ${i}.bin`],
];

let scratch: string;
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'oml-whole-'))));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder with a model whose weights lie in other files. */
function written(name: string, file: Uint8Array, nameOf: (i: number) => string): string {
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const { model, files } = scattered(file, nameOf);
  for (const [location, bytes] of [['model.onnx', model] as const, ...files]) {
    mkdirSync(dirname(join(folder, location)), { recursive: true });
    writeFileSync(join(folder, location), bytes);
  }
  return folder;
}

test('a model of one file stays that file, byte for byte', async () => {
  const file = tinyClassifier();
  expect((await openWhole(modelFiles(bytesSource(file)))).bytes).toEqual(file);
});

describe.skipIf(!haveSharedModels)('real models', () => {
  const story = haveSharedModels ? languageFiles('stories260k') : undefined!;
  const { model: lenet, images } = haveSharedModels ? imageFiles() : ({} as ReturnType<typeof imageFiles>);

  test.each(NAMINGS)('with their weights in %s answer as in one', async (_, nameOf) => {
    const whole = await readModelAt(written('story', story.model, nameOf));
    expect(await weightsDigest(whole)).toBe(await weightsDigest(readModel(story.model)));
    const request = { prompt: 'Once upon a time', maxTokens: 12, temperature: 0 };
    const answers = [story.model, whole.bytes].map(async (model) => {
      const opened = await LanguageModel.open({ model, tokenizer: story.tokenizer }, nodeEngine());
      return opened.completeText(request).finally(() => opened.dispose());
    });
    expect(await answers[1]).toBe(await answers[0]);
  });

  test.each(NAMINGS)('that classify do so with %s, and tell of themselves unopened', async (_, nameOf) => {
    const folder = written('lenet', lenet, nameOf);
    const classes = async (model: Uint8Array) => {
      const opened = await Classifier.open({ model }, nodeEngine());
      const one = { shape: [1, 1, 28, 28], data: images.subarray(0, 784) };
      return opened.classify(one).finally(() => opened.dispose());
    };
    expect(await classes((await readModelAt(folder)).bytes)).toEqual(await classes(lenet));
    expect(await readModelFacts(folder)).toMatchObject({ kind: 'classifier', classes: 10 });
  });
});

/** The tiny classifier with one more constant, whose values lie outside. */
function withConstant(entries: Record<string, string>): Uint8Array<ArrayBuffer> {
  const proto = fromBinary(ModelProtoSchema, tinyClassifier());
  const t = create(TensorProtoSchema, { name: 'far', dataType: 1, dims: [16n] }) as TensorProto;
  placeOutside(t, entries);
  const attribute = create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t });
  proto.graph!.node.push(create(NodeProtoSchema, { opType: 'Constant', output: ['far'], attribute: [attribute] }));
  return toBinary(ModelProtoSchema, proto);
}

describe('constants outside', () => {
  const values = Float32Array.from({ length: 16 }, (_, i) => i / 7);
  const data = new Uint8Array(values.buffer);
  const inFolder = (model: Uint8Array) =>
    folderFiles(
      new Map([
        ['model.onnx', model],
        ['far.bin', data],
      ] as const),
    );

  test('are taken in, and an engine runs the file', async () => {
    const whole = await openWhole(inFolder(withConstant({ location: 'far.bin' })));
    expect(whole.graph.node.at(-1)!.attribute[0]!.t!.rawData).toEqual(data);
    await (await Classifier.open({ model: whole.bytes }, nodeEngine())).dispose();
  });
  test('are never left for an engine to look for where it happens to run', () => {
    const code = 'MODEL_UNSUPPORTED';
    expect(() => readModel(withConstant({ location: 'far.bin' }))).toThrow(expect.objectContaining({ code }));
  });
  test.each([
    ['above', { location: '../far.bin' }],
    ['at an absolute path', { location: '/etc/passwd' }],
    ['under too long a name', { location: 'x'.repeat(2_000) }],
    ['beyond the end', { location: 'far.bin', offset: '4' }],
    ['nowhere', { location: 'gone.bin' }],
  ])('are refused %s', async (_, entries) => {
    await expect(openWhole(inFolder(withConstant(entries)))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
  test('are refused behind a link that leaves the folder', async () => {
    const folder = mkdtempSync(join(scratch, 'link-'));
    writeFileSync(join(scratch, 'secret'), data);
    writeFileSync(join(folder, 'model.onnx'), withConstant({ location: 'far.bin' }));
    symlinkSync(join(scratch, 'secret'), join(folder, 'far.bin'));
    await expect(readModelAt(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
  test('are refused where two overlap in part', async () => {
    const proto = fromBinary(ModelProtoSchema, withConstant({ location: 'far.bin' }));
    const [node] = fromBinary(ModelProtoSchema, withConstant({ location: 'far.bin', offset: '32' })).graph!.node.slice(
      -1,
    );
    Object.assign(node!.attribute[0]!.t!, { dims: [8n] });
    node!.output = ['near'];
    proto.graph!.node.push(node!);
    await expect(openWhole(inFolder(toBinary(ModelProtoSchema, proto)))).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('overlap'),
    });
  });
});
