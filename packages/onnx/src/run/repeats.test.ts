import { headOf } from '@oml/protocol/evidence/head';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readChatTemplate } from './chat-template.ts';
import { Classifier } from './classifier.ts';
import { LanguageModel } from './language-model.ts';
import { openModelFolder } from './model-folder.ts';
import { repeats } from './repeats.ts';
import { nodeEngine } from './runner-node.ts';

const MODELS = join(import.meta.dirname, '../../../../models');
let fable: LanguageModel;
let digits: Classifier;

beforeAll(async () => {
  fable = (await openModelFolder(join(MODELS, 'fable-mini'), nodeEngine())) as LanguageModel;
  digits = (await openModelFolder(join(MODELS, 'digits'), nodeEngine())) as Classifier;
});
afterAll(() => Promise.all([fable?.dispose(), digits?.dispose()]));

describe('an answer repeats', () => {
  it('where the model begins with the same text, however few tokens the first answer had', async () => {
    const prompt = 'Once upon a time';
    const body = JSON.stringify({ prompt, temperature: 0 });
    for (const maxTokens of [3, 40]) {
      const answer = await fable.completeText({ prompt, maxTokens, temperature: 0 });
      expect(await repeats(fable, body, headOf(answer))).toBe(true);
      expect(await repeats(fable, body, headOf(`#${answer.trimStart()}`))).toBe(false);
    }
    expect(await repeats(fable, body, headOf(''))).toBe(false);
  });

  it('where a conversation is asked, as the model writes it', async () => {
    const chat_template = '{% for m in messages %}{{ m.content }}{% endfor %}';
    const folder = join(MODELS, 'fable-mini');
    const chatty = await LanguageModel.open(
      {
        model: readFileSync(join(folder, 'model.onnx')),
        tokenizer: fable.tokenizer,
        contextLength: fable.contextLength,
        chatTemplate: readChatTemplate({ chat_template }),
      },
      nodeEngine(),
    );
    const messages = [{ role: 'user', content: '<s>Once upon a time' }];
    const head = headOf(await fable.completeText({ prompt: 'Once upon a time', maxTokens: 40, temperature: 0 }));
    const body = JSON.stringify({ messages, temperature: 0 });
    expect(await repeats(chatty, body, head)).toBe(true);
    await expect(repeats(fable, body, head)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await chatty.dispose();
  });

  it('where a classifier names the same label, not one that begins like it', async () => {
    const image = readFileSync(join(MODELS, 'digits/heldout.u8')).subarray(0, 784);
    const body = JSON.stringify({ dtype: 'uint8', shape: [1, 1, 28, 28], data: image.toString('base64') });
    const data = Float32Array.from(image, (pixel) => pixel / 255);
    const { label } = await digits.classify({ shape: [1, 1, 28, 28], data });
    expect(await repeats(digits, body, headOf(String(label)))).toBe(true);
    expect(await repeats(digits, body, headOf(`${label}0`))).toBe(false);
  });

  it('where pixels are fed as the preprocessing beside the model says, here as their negatives', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oml-negative-'));
    try {
      await cp(join(MODELS, 'digits'), folder, { recursive: true });
      const preprocessing = { kind: 'image', colours: 'grey', width: 28, height: 28, mean: [1], deviation: [-1] };
      await writeFile(join(folder, 'preprocessing.json'), JSON.stringify(preprocessing));
      const negative = (await openModelFolder(folder, nodeEngine())) as Classifier;
      const image = readFileSync(join(MODELS, 'digits/heldout.u8')).subarray(0, 784);
      const [shape, dtype] = [[1, 1, 28, 28], 'uint8'];
      const { label } = await digits.classify({ shape, data: Float32Array.from(image, (pixel) => pixel / 255) });
      const body = (bytes: Uint8Array) => JSON.stringify({ dtype, shape, data: Buffer.from(bytes).toString('base64') });
      const turned = body(image.map((pixel) => 255 - pixel));
      expect(await repeats(negative, turned, headOf(String(label)))).toBe(true);
      expect(await repeats(digits, turned, headOf(String(label)))).toBe(false);
      await negative.dispose();
      await writeFile(join(folder, 'preprocessing.json'), '{"kind":"image"}');
      await expect(openModelFolder(folder, nodeEngine())).rejects.toThrow(/preprocessing.*colours/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of no body that asks something else', async () => {
    for (const body of ['', '{}', '{"prompt":""}'])
      await expect(repeats(fable, body, headOf('x'))).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(repeats(digits, '{"prompt":"x"}', headOf('1'))).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
