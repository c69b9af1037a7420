import { OmlError } from '@oml/protocol/error';
import { textOf, type DataFiles } from '../data.ts';
import type { WordCounts } from './merge-counts.ts';

/** A piece of a text that is drawn as a whole when samples are drawn again. */
export interface Chunk {
  bytes: number;
  words: ReadonlyMap<string, number>;
}

/** A kind of text with samples of it. */
export interface Category {
  name: string;
  chunks: Chunk[];
}

const CHUNK = 2_000;
const MOST = 40;
const LEAST_BYTES = 10_000;

/**
 * Samples by category: `<category>/…` or `<category>.txt`. Throws REQUEST_INVALID for fewer than two categories, and
 * for one that is too small to tell anything.
 */
export function readCategories(files: DataFiles, cut: (text: string) => string[]): Category[] {
  const texts = new Map<string, string[]>();
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const name = path.includes('/') ? path.split('/')[0]! : path.replace(/\.[a-z0-9]+$/i, '');
    texts.set(name, [...(texts.get(name) ?? []), textOf(path, bytes)]);
  }
  if (texts.size < 2 || texts.size > MOST)
    throw new OmlError('REQUEST_INVALID', `A mixture has from 2 to ${MOST} categories; the data have ${texts.size}.`);
  return [...texts].map(([name, all]) => {
    const chunks = all.flatMap(chunksOf).map((text) => chunkOf(text, cut));
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    if (bytes < LEAST_BYTES)
      throw new OmlError('REQUEST_INVALID', `${name} has ${bytes} bytes of samples; ${LEAST_BYTES} are the least.`);
    return { name, chunks };
  });
}

/** Cuts at ends of lines, about every {@link CHUNK} characters. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  let open = '';
  for (const line of text.split(/(?<=\n)/)) {
    open += line;
    if (open.length < CHUNK) continue;
    chunks.push(open);
    open = '';
  }
  return open === '' ? chunks : [...chunks, open];
}

function chunkOf(text: string, cut: (text: string) => string[]): Chunk {
  const words = new Map<string, number>();
  for (const word of cut(text)) words.set(word, (words.get(word) ?? 0) + 1);
  return { bytes: new TextEncoder().encode(text).length, words };
}

/** Words of all categories, each with its count per category, and the bytes of each. */
export function countWords(categories: readonly (readonly Chunk[])[]): { words: WordCounts; sizes: number[] } {
  const words = new Map<string, Float64Array>();
  for (const [c, chunks] of categories.entries())
    for (const chunk of chunks)
      for (const [word, count] of chunk.words) {
        let counts = words.get(word);
        if (!counts) words.set(word, (counts = new Float64Array(categories.length)));
        counts[c]! += count;
      }
  return { words, sizes: categories.map((chunks) => chunks.reduce((sum, { bytes }) => sum + bytes, 0)) };
}
