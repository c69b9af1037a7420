import { calibration } from '@oml/measure/calibration/calibration';
import { readCorrection } from '@oml/measure/calibration/correction';
import { measure } from '@oml/measure/measure';
import { classifierTarget, type ClassifierTarget } from '@oml/measure/target/classifier-target';
import { shiftedImages } from '@oml/measure/test-support/shifted-items';
import { readModelAt } from '@oml/onnx/file/node-files';
import { nodeEngine } from '@oml/onnx/runner-node';
import { softmax } from '@oml/onnx/sampling';
import { toBase64 } from '@oml/protocol/wire/base64';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  gatewayEnv,
  MODELS,
  publishModel,
  startGateway,
  takeLicense,
  type Listed,
  type RunningGateway,
} from '../../test-support/host-fixture.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';

const SIDE = 28;
const ITEMS = 200;

let scene: Scene;
let digits: Listed;
let plain: RunningGateway;

beforeAll(async () => {
  scene = await openScene();
  const { licenseId } = await takeLicense(scene.chain, await publishModel(scene.chain, 'digits'));
  digits = { model: 'digits', kind: 'classifier', licenseId, price: PRICE, folder: join(MODELS, 'digits') };
  plain = await startGateway(gatewayEnv(scene.chain, [scene.listing, digits]));
});
afterAll(async () => {
  await plain?.stop();
  await scene?.chain.stop();
});

const start = (options: Record<string, string>) =>
  startGateway(gatewayEnv(scene.chain, [scene.listing, digits], options));
const file = (name: string, text: string): string => {
  const path = join(scene.chain.scratch, name);
  writeFileSync(path, text);
  return path;
};

interface Answer {
  code?: string;
  owed?: boolean;
  choices?: { text: string; finish_reason: string }[];
}
const LONG = { max_tokens: 60 };

describe('a guard against recitations', () => {
  let told = '';
  let guarded: RunningGateway;
  beforeAll(async () => {
    const call = completionAt(plain.url, LONG);
    const answer = (await (await post(call, await payFor(scene.chain, call))).json()) as Answer;
    told = answer.choices![0]!.text;
    expect(told.length).toBeGreaterThan(100);
    // Of what the model says first nothing is protected.
    const texts = file('protected.txt', `Nobody says this. ${told.slice(40, 90)} Nobody says this either.`);
    guarded = await start({ PROTECTED_TEXTS: texts, PROTECTED_LEAST: '24' });
  });
  afterAll(() => guarded?.stop());

  it('ends an answer before one, whole and in a stream alike', async () => {
    const call = completionAt(guarded.url, LONG);
    const whole = (await (await post(call, await payFor(scene.chain, call))).json()) as Answer;
    const { text, finish_reason: reason } = whole.choices![0]!;
    expect(reason).toBe('content_filter');
    expect(told.startsWith(text)).toBe(true);
    expect(Math.abs(text.length - 40)).toBeLessThanOrEqual(2);
    const streaming = completionAt(guarded.url, { ...LONG, stream: true });
    const events = (await (await post(streaming, await payFor(scene.chain, streaming))).text())
      .split('\n\n')
      .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Answer] : []));
    const choices = events.flatMap(({ choices: some = [] }) => some);
    expect(choices.map((choice) => choice.text).join('')).toBe(text);
    expect(choices.at(-1)!.finish_reason).toBe('content_filter');
  });

  it('leaves other answers as they are', async () => {
    const asked = { prompt: 'The little fox', max_tokens: 12 };
    const [here, there] = await Promise.all(
      [plain, guarded].map(async ({ url }) => {
        const call = completionAt(url, asked);
        return (await (await post(call, await payFor(scene.chain, call))).json()) as Answer;
      }),
    );
    expect(there!.choices).toEqual(here!.choices);
  });

  it('gives no answer of which nothing is left, and its payment is good for another', async () => {
    const all = await start({ PROTECTED_TEXTS: file('all.txt', told), PROTECTED_LEAST: '24' });
    const cost = await scene.costOf(async () => {
      const first = completionAt(all.url, LONG);
      const payment = await payFor(scene.chain, first);
      const refused = await post(first, payment);
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ code: 'ANSWER_WITHHELD', owed: true, retryable: false });
      const other = completionAt(all.url, { prompt: 'The little fox', max_tokens: 4 });
      expect((await post(other, payment)).status).toBe(200);
    });
    expect(cost).toBe(PRICE);
    await all.stop();
  });

  it('refuses logprobs before payment, and texts that it cannot read at its start', async () => {
    const response = await fetch(`${guarded.url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fable-mini', prompt: 'Once', logprobs: 2 }),
    });
    expect(response.status).toBe(400);
    await expect(start({ PROTECTED_TEXTS: '/nowhere' })).rejects.toThrow(/PROTECTED_TEXTS/);
    await expect(start({ PROTECTED_TEXTS: file('short.txt', 'short') })).rejects.toThrow(/PROTECTED_TEXTS/);
  });
});

describe('a calibration that a host serves by', () => {
  const folder = join(MODELS, 'digits');
  let pixels: Uint8Array;
  let product = '';
  let target: ClassifierTarget;

  beforeAll(async () => {
    const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
    const labels = read('heldout.labels.u8').subarray(0, ITEMS);
    const heldout = read('heldout.u8').subarray(0, ITEMS * SIDE * SIDE);
    pixels = shiftedImages(heldout, SIDE, { most: 7, noise: 160, seed: 1 });
    target = await classifierTarget(await readModelAt(folder), nodeEngine());
    const names = ['heldout', 'test'].flatMap((name) => [
      [`${name}.u8`, pixels] as const,
      [`${name}.labels.u8`, labels] as const,
    ]);
    const occasion = { release: `0x${'ab'.repeat(32)}`, target: 'file', dataName: 'x', command: 'x', measuredAt: 0 };
    const job = { target, data: new Map(names), settings: {} };
    const { product: made } = await measure(calibration, job, occasion as never);
    product = JSON.stringify(made);
    file('digits.json', product);
  });
  afterAll(() => target?.close());

  const seen = (item: number) =>
    target.see(
      Float32Array.from(pixels.subarray(item * SIDE * SIDE, (item + 1) * SIDE * SIDE), (value) => value / 255),
    );

  interface Classified {
    index: number;
    probabilities: number[];
    correction?: string;
  }
  async function classify({ url }: RunningGateway, item: number): Promise<Classified> {
    const image = pixels.slice(item * SIDE * SIDE, (item + 1) * SIDE * SIDE);
    const body = { model: 'digits', dtype: 'uint8', shape: [1, 1, SIDE, SIDE], data: toBase64(image) };
    const call = { url: `${url}/v1/classify`, body, headers: {} };
    const response = await post(call, await payFor(scene.chain, call));
    expect(response.status).toBe(200);
    return (await response.json()) as Classified;
  }

  it.each(['temperature', 'density-ratio', 'bin-mean-shift'] as const)(
    'corrects what it says of its certainty by %s, never what it names',
    async (kind) => {
      const config = file(`${kind}.json`, JSON.stringify({ digits: { file: 'digits.json', kind } }));
      const corrected = await start({ CORRECTIONS: config });
      const [before, after] = [await classify(plain, 3), await classify(corrected, 3)];
      await corrected.stop();
      expect(after).toMatchObject({ index: before.index, correction: kind });
      expect(before).not.toHaveProperty('correction');
      expect(after.probabilities.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
      // The calibration worked out beside the gateway, on what its own run of the model sees.
      const correction = readCorrection(product, kind);
      expect(correction.featureSize > 0).toBe(kind !== 'temperature');
      const { logits, features } = await seen(3);
      const own = correction.correct({ label: before.index, probabilities: [...softmax(logits)], features });
      for (const [i, value] of own.entries()) expect(after.probabilities[i]).toBeCloseTo(value, 4);
      expect(Math.max(...after.probabilities.map((p, i) => Math.abs(p - before.probabilities[i]!)))).toBeGreaterThan(
        1e-3,
      );
    },
  );

  it.each([
    ['a model that is not served', { other: { file: 'digits.json', kind: 'temperature' } }],
    ['a language model', { 'fable-mini': { file: 'digits.json', kind: 'temperature' } }],
    ['a file that is none', { digits: { file: 'nowhere.json', kind: 'temperature' } }],
    ['a kind that there is not', { digits: { file: 'digits.json', kind: 'magic' } }],
  ])('refuses %s at its start', async (name, said) => {
    const config = file('odd.json', JSON.stringify(said));
    await expect(start({ CORRECTIONS: config }), name).rejects.toThrow(/CORRECTIONS/);
  });
});
