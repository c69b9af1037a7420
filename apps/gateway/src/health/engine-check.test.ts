import { faulty, saturating, withInt8Weights } from '@oml/onnx/test-support/faulty-engines';
import { readModel } from '@oml/onnx/model-file';
import { quantizeInt8 } from '@oml/onnx/rewrite/int8';
import { nodeEngine } from '@oml/onnx/runner-node';
import { createLogger } from '@oml/service/logger';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProcessEngine } from '../engine/process-engine.ts';
import { writeListing } from '../license/listings.ts';
import { checkEngines } from './engine-check.ts';

const DIGITS = new URL('../../../../models/digits', import.meta.url).pathname;
const FAULTY = new URL('../../test-support/faulty-process.ts', import.meta.url).pathname;
const logger = createLogger('gateway');
logger.level = 'silent';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'oml-engine-'));
  for (const name of ['digits', 'int8']) cpSync(DIGITS, join(dataDir, name), { recursive: true });
  const int8 = withInt8Weights(quantizeInt8(readModel(readFileSync(join(DIGITS, 'model.onnx')))));
  writeFileSync(join(dataDir, 'int8/model.onnx'), int8.bytes);
  for (const [i, model] of ['digits', 'int8'].entries())
    writeListing(dataDir, { model, kind: 'classifier', licenseId: BigInt(i + 1), price: 1n, folder: model });
});
afterAll(() => rmSync(dataDir, { recursive: true }));

const look = (engine?: ReturnType<typeof nodeEngine>, backends = new Map()) =>
  checkEngines({ dataDir, backends, ...(engine ? { engineFor: () => engine } : {}) })();

describe('an engine that serves', () => {
  it('is well where it computes what the models use', async () => {
    expect(await look()).toEqual([
      { state: 'ok', says: expect.stringMatching(/^4 operators of digits .*; not tried: Flatten\.$/) },
      { state: 'ok', says: expect.stringContaining('operators of int8') },
    ]);
  });
  it('fails by its code where it does not, in floats as in int8', async () => {
    const zeros = faulty(nodeEngine(), /^Gemm$/, (data) => data.fill(0));
    expect(await look(zeros)).toMatchObject([
      { state: 'fail', says: expect.stringMatching(/^ENGINE_WRONG: .* Gemm wrong \(0 for /), todo: expect.any(String) },
      { state: 'ok' },
    ]);
    expect(await look(saturating(nodeEngine()))).toMatchObject([
      { state: 'ok' },
      { state: 'fail', says: expect.stringContaining('MatMulInteger (int8) wrong') },
    ]);
  });
  it('is not tested here where it runs elsewhere', async () => {
    const [digits] = [await look(undefined, new Map([['digits', {}]]))].flat();
    expect(digits).toMatchObject({ state: 'ok', says: expect.stringContaining('another engine') });
  });
  it('is not blamed for a file that is damaged', async () => {
    const weights = join(dataDir, 'int8/model.onnx');
    const before = readFileSync(weights);
    writeFileSync(weights, 'damaged');
    const found = await look();
    writeFileSync(weights, before);
    expect(found).toMatchObject([
      { state: 'ok' },
      { state: 'warn', says: expect.stringContaining('not tried on int8') },
    ]);
  });
  it('is never opened where it is wrong, and its model is refused with its code', async () => {
    await expect(openProcessEngine(DIGITS, logger, { main: FAULTY })).rejects.toMatchObject({
      code: 'ENGINE_WRONG',
      message: expect.stringContaining('Gemm wrong'),
      details: { operators: ['Gemm'] },
    });
  });
});
