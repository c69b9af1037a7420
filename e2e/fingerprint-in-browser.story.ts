import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEngine } from '@oml/onnx/runner-node';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FingerprintPage } from './fingerprint-page.ts';
import { fingerprintOnce, type FingerprintRun } from './fingerprint-run.ts';
import { openServedPage, type ServedPage } from './served-page.ts';

declare const window: { page: FingerprintPage };

const models = new URL('../models/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
let served: ServedPage;
let page: Page;

beforeAll(async () => {
  served = await openServedPage('fingerprint-page.ts', folder, models);
  page = served.page;
});

afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
  expect(served?.errors).toEqual([]);
});

const read = (name: string) => readFileSync(join(models, 'fable-mini', name));
const parse = (name: string) => JSON.parse(read(name).toString()) as object;
const tokens = (name: string) => new Int32Array(new Uint8Array(read(name)).buffer);

function inNode(): Promise<FingerprintRun> {
  const input = {
    model: new Uint8Array(read('model.onnx')),
    tokenizer: parse('tokenizer.json'),
    tokenizerConfig: parse('tokenizer_config.json'),
    ordinary: tokens('ordinary.i32'),
    heldout: tokens('heldout.i32'),
  };
  return fingerprintOnce(input, nodeEngine({ threads: 1 }), {});
}

it('Chromium drafts, embeds and verifies with the verdicts of Node', async () => {
  const [there, here] = [await page.evaluate(() => window.page.fingerprint('/files/fable-mini')), await inNode()];
  expect(there.error).toBeUndefined();
  const { success, marked, clean, keys, file, root } = there.run!;
  expect({ success, marked, clean, keys }).toEqual({
    success: here.success,
    marked: here.marked,
    clean: here.clean,
    keys: here.keys,
  });
  expect({ success, marked, clean }).toEqual({ success: 1, marked: 'notice', clean: 'inconclusive' });
  expect(root).toMatch(/^0x[0-9a-f]{64}$/);
  expect(file.length).toBe(read('model.onnx').length);
  expect(there.steps).toEqual(expect.arrayContaining(['keys', 'solving', 'asking']));
});

it('work that is cancelled ends at once, and the page can begin again', async () => {
  const cancelled = await page.evaluate(() => window.page.fingerprint('/files/fable-mini', 'keys'));
  expect(cancelled).toMatchObject({ error: 'ABORTED' });
  expect(cancelled.steps).not.toContain('solving');
  expect(await page.evaluate(() => window.page.fingerprint('/files/fable-mini', 'keys'))).toMatchObject({
    error: 'ABORTED',
  });
});
