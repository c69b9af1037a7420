import { fromVocabMerges } from '@oml/onnx/tokens/from-vocab-merges';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DataPage } from './data-page.ts';
import { openServedPage, type ServedPage } from './served-page.ts';

declare const window: { page: DataPage };

const repository = new URL('../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'data-'));
let served: ServedPage;
let page: Page;
/** As MNIST comes: pictures and labels, gzipped, of the held-out digits. */
const [IMAGES, LABELS] = ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'];
const VOCAB = { a: 0, b: 1, Ġ: 2, Ġa: 3, '<|endoftext|>': 4 };

function idx(dims: number[], bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * dims.length);
  head.set([0, 0, 8, dims.length]);
  dims.forEach((dim, i) => head.writeUInt32BE(dim, 4 + 4 * i));
  return gzipSync(Buffer.concat([head, bytes]));
}

let guides: string[];
let items: number;
beforeAll(async () => {
  const files = join(folder, 'files');
  mkdirSync(files);
  const digits = (name: string) => readFileSync(join(repository, 'models/digits', name));
  const labels = digits('heldout.labels.u8');
  items = labels.length;
  writeFileSync(join(files, IMAGES!), idx([items, 28, 28], digits('heldout.u8')));
  writeFileSync(join(files, LABELS!), idx([items], labels));
  guides = globSync('docs/guides/*.md', { cwd: repository });
  writeFileSync(join(files, 'letters.md'), 'Caf&eacute; &amp; th&eacute;. '.repeat(100));
  for (const guide of guides) cpSync(join(repository, guide), join(files, basename(guide)));
  cpSync(join(repository, 'models/fable-mini/tokenizer.json'), join(files, 'tokenizer.json'));
  writeFileSync(join(files, 'vocab.json'), JSON.stringify(VOCAB));
  writeFileSync(join(files, 'merges.txt'), '#version: 0.2\nĠ a\n');
  served = await openServedPage('data-page.ts', join(folder, 'page'), files);
  page = served.page;
});

afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
  expect(served?.errors).toEqual([]);
});

const at = (name: string) => `/files/${name}`;

it('Chromium makes ordinary and held-out inputs of gzipped IDX files', async () => {
  const { report, sizes } = await page.evaluate((urls) => window.page.images(urls), [at(IMAGES!), at(LABELS!)]);
  expect(report!.kind).toBe('image');
  expect(report!.ordinary + report!.heldout + report!.duplicates).toBe(items);
  expect(Object.keys(report!.classes!)).toHaveLength(10);
  expect(sizes).toMatchObject({
    'ordinary.u8': report!.ordinary * 784,
    'heldout.u8': report!.heldout * 784,
    'heldout.labels.u8': report!.heldout,
  });
});

it('and token streams of documents, by the model’s tokenizer', async () => {
  const urls = [...guides, 'letters.md'].map((guide) => at(basename(guide)));
  const { report, sizes } = await page.evaluate(
    ([texts, tokenizer]) => window.page.texts(texts as string[], tokenizer as string),
    [urls, at('tokenizer.json')] as const,
  );
  expect(report!.kind).toBe('text');
  expect(sizes!['ordinary.i32']).toBe(4 * report!.ordinary);
  expect(report!.heldout).toBeGreaterThan(1_000);
});

it('says with a code what it cannot use', async () => {
  const { error } = await page.evaluate((urls) => window.page.images(urls), [at('vocab.json')]);
  expect(error).toBe('REQUEST_INVALID');
});

it('makes a tokenizer.json of vocabulary and merges', async () => {
  const made = await page.evaluate(([vocab, merges]) => window.page.tokenizer(vocab, merges), [
    at('vocab.json'),
    at('merges.txt'),
  ] as const);
  expect(JSON.parse(made)).toEqual(fromVocabMerges({ vocab: JSON.stringify(VOCAB), merges: '#version: 0.2\nĠ a\n' }));
});
