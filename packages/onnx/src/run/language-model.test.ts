import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cachedLlamaModel, genaiLlamaModel } from '../../test-support/architectures/llama.ts';
import { haveSharedModels, languageFiles } from '../../test-support/shared-models.ts';
import { asciiTokenizer, tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { Classifier } from './classifier.ts';
import { Detokenizer } from './detokenizer.ts';
import { LanguageModel, type CompletionEvent, type CompletionRequest } from './language-model.ts';
import { nodeEngine } from './runner-node.ts';

const engine = nodeEngine({ threads: 1 });
let model: LanguageModel;
beforeAll(async () => {
  model = await LanguageModel.open(
    { model: tinyLanguageModel(), tokenizer: asciiTokenizer, contextLength: 24 },
    engine,
  );
});
afterAll(() => model.dispose());

async function events(
  request: CompletionRequest,
): Promise<{ text: string; end: Extract<CompletionEvent, { type: 'end' }> }> {
  const all: CompletionEvent[] = [];
  for await (const event of model.complete(request)) all.push(event);
  const text = all.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { text, end: all.at(-1) as Extract<CompletionEvent, { type: 'end' }> };
}

test('greedy answers and seeded samples are the same every time', async () => {
  const greedy = { prompt: 'abc', maxTokens: 8, temperature: 0 };
  expect(await events(greedy)).toEqual(await events(greedy));
  const sampled = { prompt: 'abc', maxTokens: 12, temperature: 1, topP: 0.95, seed: 7 };
  expect(await events(sampled)).toEqual(await events(sampled));
  expect((await events({ ...sampled, seed: 8 })).text).not.toBe((await events(sampled)).text);
});

test('an answer ends at its token limit, at the end of the context, or before a stop string', async () => {
  const { text, end } = await events({ prompt: 'abc', maxTokens: 6, temperature: 1, seed: 3 });
  expect(end).toMatchObject({ finishReason: 'length', usage: { promptTokens: 4, completionTokens: 6 } });
  expect(
    (await events({ prompt: 'abc', maxTokens: 99, temperature: 1, seed: 3 })).end.usage.completionTokens,
  ).toBeLessThanOrEqual(20);
  const stop = text.slice(2, 4);
  const stopped = await events({ prompt: 'abc', maxTokens: 6, temperature: 1, seed: 3, stop: [stop] });
  expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(stop)), end: { finishReason: 'stop' } });
});

test('a prompt that fills the context is refused with PROMPT_TOO_LONG', async () => {
  await expect(events({ prompt: 'x'.repeat(24), maxTokens: 1 })).rejects.toMatchObject({ code: 'PROMPT_TOO_LONG' });
});

test('a cancelled completion ends with ABORTED', async () => {
  await expect(events({ prompt: 'abc', maxTokens: 4, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ABORTED',
  });
});

test('text pieces hold back half a character and join to the whole text', () => {
  const bytes = [...new TextEncoder().encode('añ€b')];
  const tokenizer = {
    ...asciiTokenizer,
    decode: (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids)),
  };
  const text = new Detokenizer(tokenizer, [], []);
  const pieces = bytes.map((byte) => text.push(byte));
  expect(pieces).toEqual(['a', '', 'ñ', '', '', '€', 'b']);
});

test('a stop text that ends in a character of many bytes leaks none of its beginning', () => {
  const tokenizer = {
    ...asciiTokenizer,
    decode: (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids)),
  };
  const cases: [string, string][] = [
    ['好的。\n用户：再见', '\n用户'],
    ['done 🛑 more', ' 🛑'],
    ['ab###été', '###é'],
    ['a#é', '##é'],
  ];
  for (const [said, stop] of cases) {
    const text = new Detokenizer(tokenizer, [], [stop]);
    const pieces: string[] = [];
    for (const byte of new TextEncoder().encode(said)) if (!text.stopped) pieces.push(text.push(byte));
    pieces.push(text.flush());
    expect(pieces.join('')).toBe(said.split(stop)[0]);
  }
});

test('what is no token is never drawn, however likely the padded head makes it', async () => {
  const known = { ...asciiTokenizer, knows: (id: number) => id >= 97 && id < 107 };
  const few = await LanguageModel.open({ model: tinyLanguageModel(), tokenizer: known, contextLength: 64 }, engine);
  for (const temperature of [0, 2])
    expect(await few.completeText({ prompt: 'abc', maxTokens: 40, temperature })).toMatch(/^[a-j]{40}$/);
  await few.dispose();
});

describe('a classifier', () => {
  test('gives a label and chances that sum to one, and refuses another shape', async () => {
    const classifier = await Classifier.open({ model: tinyClassifier() }, engine);
    const image = Float32Array.from({ length: 196 }, (_, i) => Math.sin(i));
    const { label, probabilities } = await classifier.classify({ shape: [1, 1, 14, 14], data: image });
    expect(probabilities[label]).toBe(Math.max(...probabilities));
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    await expect(classifier.classify({ shape: [1, 1, 14, 13], data: image })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await classifier.dispose();
  });
});

test.skipIf(!haveSharedModels)('a real model tells a story', async () => {
  const stories = await LanguageModel.open(languageFiles('stories260k'), engine);
  expect(await stories.completeText({ prompt: 'Once upon', maxTokens: 8, temperature: 0 })).toBe(
    ' a time, there was a little g',
  );
  await stories.dispose();
});

test.each([
  ['written out', cachedLlamaModel],
  ['of fused operators', genaiLlamaModel],
])('a model with a cache, %s, answers from empty caches', async (_, make) => {
  const model = await LanguageModel.open(
    { model: make(), tokenizer: asciiTokenizer, contextLength: 48 },
    nodeEngine({ threads: 1 }),
  );
  const ask = (prompt: string) => model.completeText({ prompt, maxTokens: 6, temperature: 0 });
  expect(await ask('ABC')).toBe(await ask('ABC'));
  expect((await ask('ABC')).length).toBeGreaterThan(0);
  await model.dispose();
});
