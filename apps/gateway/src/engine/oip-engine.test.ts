import { readModelFacts, type ClassifierFacts } from '@oml/onnx/model-facts';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendJson, startEngine, TENSORS, type Answering, type FakeEngine } from '../../test-support/engines.ts';
import { MODELS } from '../../test-support/host-fixture.ts';
import type { OipBackend } from './backends.ts';
import { oipEngine } from './oip-engine.ts';

let facts: ClassifierFacts;
let fake: FakeEngine;
beforeAll(async () => {
  facts = (await readModelFacts(join(MODELS, 'digits'))) as ClassifierFacts;
});
beforeEach(async () => {
  fake = await startEngine(serving('Triton', CHANCES));
});
afterEach(() => fake.stop());

const CHANCES = [0.5, 0.25, 0.25, 0, 0, 0, 0, 0, 0, 0];
const shape = [1, 1, 28, 28];
const data = new Float32Array(784).fill(0.5);

const serving =
  (engine: keyof typeof TENSORS, scores: number[]): Answering =>
  ({ path }, response) =>
    sendJson(response, 200, path.endsWith('/infer') ? TENSORS[engine].infer(scores) : TENSORS[engine].metadata);
const classify = (more: Partial<OipBackend> = {}) =>
  oipEngine(facts, { kind: 'oip', url: fake.url, model: 'served', timeoutMs: 5_000, ...more }).classify({
    shape,
    data,
  });

describe('an engine behind the Open Inference Protocol', () => {
  it('is asked as Triton wants it, by the tensors that it names', async () => {
    expect(await classify()).toEqual({ label: 0, probabilities: CHANCES });
    expect(fake.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/models/served',
      'POST /v2/models/served/infer',
    ]);
    expect(fake.asked[1]!.body).toEqual({
      inputs: [{ name: 'image', datatype: 'FP32', shape, data: [...data] }],
      outputs: [{ name: 'scores' }],
    });
  });

  it('is asked as KServe wants it, by tensors that the host names', async () => {
    fake.answer = serving('KServe', CHANCES);
    await expect(classify()).rejects.toThrow('name them in BACKENDS');
    expect(await classify({ input: 'input-0', output: 'output-0' })).toEqual({ label: 0, probabilities: CHANCES });
  });

  it('may give scores before they are chances', async () => {
    fake.answer = serving('Triton', [0, 0, 9, 0, 0, 0, 0, 0, 0, -3]);
    const { label, probabilities } = await classify();
    expect(label).toBe(2);
    expect(probabilities.reduce((sum, chance) => sum + chance)).toBeCloseTo(1);
  });

  const hostile: [string, RegExp, unknown][] = [
    ['too few scores', /than 10 scores/, TENSORS.Triton.infer([1])],
    ['no numbers', /than 10 scores/, TENSORS.Triton.infer(CHANCES.map(() => null as never))],
    ['another tensor', /than 10 scores/, TENSORS.KServe.infer(CHANCES)],
    ['no tensors', /than 10 scores/, { model_name: 'served' }],
    ['null', /than 10 scores/, null],
  ];
  it.each(hostile)('is refused where it gives %s', async (_, why, body) => {
    fake.answer = ({ path }, response) =>
      sendJson(response, 200, path.endsWith('/infer') ? body : TENSORS.Triton.metadata);
    await expect(classify()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(why) });
  });

  it('is refused in its own error, too much, or what is no JSON', async () => {
    fake.answer = (_, response) =>
      sendJson(response, 400, { error: "Request for unknown model: 'served' is not found" });
    await expect(classify()).rejects.toThrow('refused the call with 400.');
    fake.answer = (_, response) => sendJson(response, 200, { name: 'x'.repeat(5 << 20) });
    await expect(classify()).rejects.toThrow(/more than/);
    fake.answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('{}');
    await expect(classify()).rejects.toThrow(/something else than JSON/);
  });
});
