import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModelFiles } from '@oml/onnx/file/node-files';
import { examineModel, type Examination } from '@oml/onnx/inspect/examine';
import { nodeEngine } from '@oml/onnx/runner-node';
import { cachedLlamaModel } from '@oml/onnx/test-support/architectures/llama';
import { externalized } from '@oml/onnx/test-support/external-data';
import { largeLlama } from '@oml/onnx/test-support/large-llama';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InspectPage } from './inspect-page.ts';
import { openServedPage, type ServedPage } from './served-page.ts';

declare const window: { page: InspectPage };

const repository = new URL('../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
const model = (name: string) => readFileSync(join(repository, 'models', name, 'model.onnx'));
let served: ServedPage;
let page: Page;

beforeAll(async () => {
  for (const [name, bytes] of Object.entries(models())) writeFileSync(join(folder, name), bytes);
  served = await openServedPage('inspect-page.ts', join(folder, 'page'), folder);
  page = served.page;
});

afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
  expect(served?.errors).toEqual([]);
});

/** Real models, one in two files, one that looks ahead, one of 64 MiB, and one that is none. */
function models(): Record<string, Uint8Array> {
  const split = externalized(model('fable-mini'), 'split.data');
  const blind = cachedLlamaModel();
  const large = largeLlama({
    layers: 2,
    size: 512,
    inner: 2048,
    heads: 8,
    vocabulary: 8000,
    context: 64,
    format: 'float32',
  });
  return {
    'fable-mini.onnx': model('fable-mini'),
    'digits.onnx': model('digits'),
    'split.onnx': split.model,
    'split.data': split.data,
    'cached.onnx': blind,
    'cut.onnx': model('digits').subarray(0, 5000),
    'large.onnx': large.model,
    [large.location]: Buffer.concat([...large.chunks()]),
  };
}

const inBrowser = (names: string[], cancelIn?: 'digest') =>
  page.evaluate(([urls, stage]) => window.page.examine(urls, stage), [
    names.map((name) => `/files/${name}`),
    cancelIn,
  ] as const);

async function inNode(name: string): Promise<Examination> {
  const files = await openModelFiles(join(folder, name));
  try {
    return await examineModel(files, { engine: nodeEngine({ threads: 1 }) });
  } finally {
    await files.close();
  }
}

it.each([[['fable-mini.onnx']], [['digits.onnx']], [['split.onnx', 'split.data']], [['cached.onnx']]])(
  'Chromium finds in %j what Node finds: digest, graph, site, finding',
  async (names) => {
    const [there, here] = [await inBrowser(names), await inNode(names[0]!)];
    const { proof, ...found } = there.examined!;
    const { proof: expectedProof, ...expected } = here;
    expect(found).toEqual(expected);
    expect(found.finding).toBe('proven');
    expect(proof!.rows).toBe(expectedProof!.rows);
    expect(proof!.shiftError).toBeLessThan(1e-3);
    expect([...new Set(there.progress.map(({ stage }) => stage))]).toEqual(['graph', 'digest', 'proof']);
    expect(there.progress.at(-1)).toEqual({ stage: 'proof', share: 1 });
  },
);

it('a file that is cut off has its code', async () => {
  expect((await inBrowser(['cut.onnx'])).error).toBe('MODEL_NOT_ONNX');
});

it('weights that were not given are named', async () => {
  expect((await inBrowser(['split.onnx'])).error).toBe('MODEL_INVALID');
});

it('a long inspection stops when it is cancelled, and the next one works', async () => {
  const cancelled = await inBrowser(['large.onnx', 'model.onnx.data'], 'digest');
  expect(cancelled.error).toBe('ABORTED');
  expect(cancelled.progress.at(-1)!.stage).toBe('digest');
  expect(cancelled.progress.at(-1)!.share).toBeLessThan(1);
  expect((await inBrowser(['digits.onnx'])).examined!.finding).toBe('proven');
});
