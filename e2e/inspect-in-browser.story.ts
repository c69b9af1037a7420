import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { openModelFiles } from '@oml/onnx/file/node-files';
import { examineModel, type Examination } from '@oml/onnx/inspect/examine';
import { nodeEngine } from '@oml/onnx/runner-node';
import { cachedLlamaModel } from '@oml/onnx/test-support/architectures/llama';
import { externalized } from '@oml/onnx/test-support/external-data';
import { largeLlama } from '@oml/onnx/test-support/large-llama';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBrowser } from './browser.ts';
import type { InspectPage } from './inspect-page.ts';

declare const window: { page: InspectPage };

const repository = new URL('../', import.meta.url).pathname;
const engineFolder = new URL('./', import.meta.resolve('onnxruntime-web/wasm')).pathname;
const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
const model = (name: string) => readFileSync(join(repository, 'models', name, 'model.onnx'));
let server: Server;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  const input = join(import.meta.dirname, 'inspect-page.ts');
  await build({ root: repository, configFile: false, logLevel: 'error', worker: { format: 'es' }, build: { outDir: join(folder, 'page'), rolldownOptions: { input, output: { entryFileNames: 'page.js' } } } });
  for (const [name, bytes] of Object.entries(models())) writeFileSync(join(folder, name), bytes);
  server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://story').pathname;
    const file = path === '/' ? undefined : path.startsWith('/ort/') ? join(engineFolder, path.slice(5)) : path.startsWith('/files/') ? join(folder, path.slice(7)) : join(folder, 'page', path);
    response.setHeader('content-type', { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' }[extname(path)] ?? 'text/html');
    try {
      response.end(file === undefined ? '<script type="module" src="/page.js"></script>' : readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch({ executablePath: await ensureBrowser(), headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  page = await browser.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('window.page');
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

/** Real models, one in two files, one that looks ahead, one of 64 MiB, and one that is none. */
function models(): Record<string, Uint8Array> {
  const split = externalized(model('fable-mini'), 'split.data');
  const blind = cachedLlamaModel();
  const large = largeLlama({ layers: 2, size: 512, inner: 2048, heads: 8, vocabulary: 8000, context: 64, format: 'float32' });
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

const inBrowser = (names: string[], cancelIn?: 'digest') => page.evaluate(([urls, stage]) => window.page.examine(urls, stage), [names.map((name) => `/files/${name}`), cancelIn] as const);

async function inNode(name: string): Promise<Examination> {
  const files = await openModelFiles(join(folder, name));
  try {
    return await examineModel(files, { engine: nodeEngine({ threads: 1 }) });
  } finally {
    await files.close();
  }
}

it.each([[['fable-mini.onnx']], [['digits.onnx']], [['split.onnx', 'split.data']], [['cached.onnx']]])('Chromium finds in %j what Node finds: digest, graph, site, verdict', async (names) => {
  const [there, here] = [await inBrowser(names), await inNode(names[0]!)];
  const { proof, ...found } = there.examined!;
  const { proof: expectedProof, ...expected } = here;
  expect(found).toEqual(expected);
  expect(found.verdict).toBe('proven');
  expect(proof!.rows).toBe(expectedProof!.rows);
  expect(proof!.shiftError).toBeLessThan(1e-3);
  expect([...new Set(there.progress.map(({ stage }) => stage))]).toEqual(['graph', 'digest', 'proof']);
  expect(there.progress.at(-1)).toEqual({ stage: 'proof', share: 1 });
});

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
  expect((await inBrowser(['digits.onnx'])).examined!.verdict).toBe('proven');
});
