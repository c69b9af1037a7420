import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TensorProto_DataType, type NodeProto } from 'onnx-buf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handBuilt } from '../../test-support/architectures/all.ts';
import { gptModel } from '../../test-support/architectures/gpt.ts';
import { haveSharedModels, languageFiles } from '../../test-support/shared-models.ts';
import { asciiTokenizer } from '../../test-support/tiny-models.ts';

import { buildNode, buildTensor } from '../file/build.ts';
import { readModel, writeModel } from '../file/model-file.ts';
import { readFloats, writeFloats } from '../file/tensor.ts';
import { describeSite } from '../inspect/inspect.ts';
import { Batch } from './batch.ts';
import type { Decoder, GrowingText } from './decoder.ts';
import { LanguageModel, type CompletionRequest } from './language-model.ts';
import { openModelFolder } from './model-folder.ts';
import { openDecoder } from './open-decoder.ts';
import { nodeEngine } from './runner-node.ts';
import { seededRandom } from './seeded-random.ts';

const engine = nodeEngine({ threads: 1 });
const own = (name: string) => new URL(`../../../../models/${name}/`, import.meta.url).pathname;
const ownFile = (name: string) => new Uint8Array(readFileSync(`${own(name)}model.onnx`));

async function whyUncached(file: Uint8Array): Promise<string | undefined> {
  const model = readModel(file);
  const inspection = describeSite(model);
  const { decoder, why } = await openDecoder({ model, inspection, contextLength: 48, engine });
  await decoder.dispose();
  return why;
}

describe('caches are kept', () => {
  const understood = [
    'a GPT with biases, flattened products and tied head',
    'a GPT-NeoX with parallel branches',
    'a Llama with a cache, written out',
    'a Llama with fused rotary embedding',
    'a Llama with a cache and Constant nodes',
    'a GPT with Constant nodes',
    'a GPT with float16 weights behind casts',
    'a Llama with bfloat16 weights behind casts',
  ];
  test.each(understood)('of %s', async (name) => {
    expect(await whyUncached(handBuilt[name]!())).toBeUndefined();
  });

  test.each(['fable', 'fable-mini'])('of %s, whose file stays as it is', async (name) => {
    const file = ownFile(name);
    const before = createHash('sha256').update(file).digest('hex');
    expect(await whyUncached(file)).toBeUndefined();
    expect(createHash('sha256').update(file).digest('hex')).toBe(before);
  });

  test.skipIf(!haveSharedModels).each(['stories260k', 'wiki2m6'] as const)('of %s', async (name) => {
    expect(await whyUncached(languageFiles(name).model)).toBeUndefined();
  });
});

describe('a model is served as it stands', () => {
  test.each([
    ['a GPT after fusion', /no attention is written out/],
    ['a Llama of fused operators with a cache', /no attention is written out/],
    ['a language model without attention', /no attention is written out/],
  ])('where it is %s', async (name, why) => {
    expect(await whyUncached(handBuilt[name]!())).toMatch(why);
  });

  /** A GPT, the rows of whose mask are changed. */
  const masked = (change: (value: number, row: number, column: number) => number) => {
    const model = readModel(gptModel());
    const causal = model.graph.initializer.find(({ name }) => name === 'causal')!;
    const width = Number(causal.dims[1]);
    const values = readFloats(causal).map((value, i) => change(value, Math.floor(i / width), i % width));
    writeFloats(causal, values);
    return writeModel(model);
  };
  test.each([
    ['hides what is long past', (value: number, row: number, column: number) => (row - column > 40 ? -1e4 : value)],
    ['weighs by distance', (value: number, row: number, column: number) => value - (row - column) / 8],
    ['hides nothing', () => 0],
  ])('where its mask %s', async (_, change) => {
    expect(await whyUncached(masked(change))).toMatch(/its mask is another one/);
  });

  test('where something else than attention looks at earlier tokens', async () => {
    const model = readModel(gptModel());
    const { node, initializer } = model.graph;
    const add = node.find(({ opType, input }) => opType === 'Add' && input.some((name) => isEmbedded(node, name)))!;
    initializer.push(buildTensor('along', TensorProto_DataType.INT64, [], BigInt64Array.of(1n)));
    node.splice(node.indexOf(add), 0, buildNode('CumSum', [add.input[0]!, 'along'], 'summed'));
    add.input[0] = 'summed';
    expect(await whyUncached(writeModel(model))).toMatch(/scores would be .* apart/);
  });
});

const isEmbedded = (nodes: readonly NodeProto[], name: string): boolean =>
  nodes.some(({ opType, input, output }) => opType === 'Gather' && input[0] === 'wte' && output[0] === name);

/** Real models, and what they are asked. */
const asked: [string, () => Promise<[LanguageModel, LanguageModel]>, string[]][] = [
  ...['fable', 'fable-mini'].map((name): (typeof asked)[number] => [
    name,
    async () => {
      const open = async (caches: boolean) => (await openModelFolder(own(name), engine, { caches })) as LanguageModel;
      return [await open(true), await open(false)];
    },
    ['The little fox', 'Once', 'In the deep forest there lived a bear who', 'The queen asked', 'A', 'One morning'],
  ]),
  ...(haveSharedModels ? (['stories260k', 'wiki2m6'] as const) : []).map((name): (typeof asked)[number] => [
    name,
    async () => {
      const open = (caches: boolean) =>
        LanguageModel.open({ ...languageFiles(name), contextLength: 128 }, engine, { caches });
      return [await open(true), await open(false)];
    },
    ['Once upon', 'Lily and Tom', 'The dog', 'One day a', 'It was', 'She said'],
  ]),
];

describe.each(asked)('%s', (_, open, prompts) => {
  let cached: LanguageModel;
  let plain: LanguageModel;
  const requests = prompts.flatMap((prompt): CompletionRequest[] => [
    { prompt, maxTokens: 96, temperature: 0 },
    { prompt, maxTokens: 40, temperature: 0.9, topP: 0.9, seed: prompt.length, frequencyPenalty: 0.5 },
  ]);
  beforeAll(async () => void ([cached, plain] = await open()));
  afterAll(async () => {
    await cached?.dispose();
    await plain?.dispose();
  });

  test('says with caches what it says without, drawn or not', async () => {
    expect(cached.uncached).toBeUndefined();
    expect(plain.uncached).toBeDefined();
    for (const request of requests) expect(await cached.completeText(request)).toBe(await plain.completeText(request));
  });

  test('says among others what it says alone, whoever comes and goes', async () => {
    const alone: string[] = [];
    for (const request of requests) alone.push(await cached.completeText(request));
    const random = seededRandom(7);
    const together = requests.map(async (request) => {
      for (let turns = Math.floor(random() * 60); turns > 0; turns--) await new Promise(setImmediate);
      return cached.completeText(request);
    });
    const leavers = prompts.map(async (prompt, i) => {
      const events = cached.complete({ prompt, maxTokens: 90, temperature: 1, seed: i });
      for (let n = 0; n < 5 * i + 1; n++) await events.next();
      await events.return();
    });
    expect(await Promise.all(together)).toEqual(alone);
    await Promise.all(leavers);
  });
});

describe('texts that grow together', () => {
  /** Scores say which step they are of; what is asked and forgotten is kept. */
  function recorded() {
    const steps: GrowingText[][] = [];
    const forgotten: GrowingText[] = [];
    const decoder: Decoder = {
      next: async (texts) => {
        steps.push([...texts]);
        await new Promise(setImmediate);
        return texts.map(() => Float32Array.of(steps.length));
      },
      forget: (text) => void forgotten.push(text),
      dispose: async () => {},
    };
    return { steps, forgotten, batch: new Batch(decoder) };
  }
  const text = (): GrowingText => ({ ids: [1] });

  test('share each step, and one that comes later joins the next', async () => {
    const { steps, batch } = recorded();
    const [a, b, c] = [text(), text(), text()];
    const grow = async (one: GrowingText, steps: number) => {
      const seat = batch.sit(one);
      for (let i = 0; i < steps; i++) await seat.next();
      seat.leave();
    };
    const late = async () => {
      while (steps.length < 2) await new Promise(setImmediate);
      await grow(c, 2);
    };
    await Promise.all([grow(a, 4), grow(b, 2), late()]);
    expect(steps).toEqual([
      [a, b],
      [a, b],
      [a, c],
      [a, c],
    ]);
  });

  test('are forgotten when they leave, also while a step is taken', async () => {
    const { steps, forgotten, batch } = recorded();
    const [a, b] = [text(), text()];
    const [stays, goes] = [batch.sit(a), batch.sit(b)];
    await Promise.all([stays.next(), goes.next()]);
    const next = stays.next();
    goes.leave();
    await next;
    await stays.next();
    stays.leave();
    await batch.dispose();
    expect(forgotten).toEqual([b, a]);
    expect(steps).toEqual([[a, b], [a], [a]]);
    await expect(stays.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

test('a cancelled answer leaves its place to others, which end as ever', async () => {
  const model = await LanguageModel.open({ model: gptModel(), tokenizer: asciiTokenizer, contextLength: 48 }, engine, {
    caches: true,
  });
  const request = { prompt: 'ABC', maxTokens: 30, temperature: 0.8, seed: 4 };
  const wanted = await model.completeText(request);
  const abort = new AbortController();
  const cancelled = model.completeText({ ...request, seed: 5, signal: abort.signal });
  const kept = model.completeText(request);
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await kept).toBe(wanted);
  await model.dispose();
});
