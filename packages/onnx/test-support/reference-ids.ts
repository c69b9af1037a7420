import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { seededRandom } from '../src/run/seeded-random.ts';
import { referenceLines } from './tokenizer-lines.ts';

/** Cuts a line into ids, and turns ids into text without special tokens. */
export interface Reference {
  encode(line: string): number[] | Promise<number[]>;
  decode(ids: number[]): string | Promise<string>;
}

/** What a tokenizer makes of the lines: a digest per hundred, of ids, of their text, and of that of random ids. */
export interface ReferenceDigests {
  ids: string[];
  texts: string[];
  drawn: string[];
}

const DIGEST_LETTERS = 12;
/** More than any of the vocabularies has, so that some mean nothing. */
const DRAWN_IDS = 480;

const digestOf = (items: unknown[]): string =>
  bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(items)))).slice(0, DIGEST_LETTERS);

/** Runs the 1,000 lines through a tokenizer. */
export async function digestsOf({ encode, decode }: Reference): Promise<ReferenceDigests> {
  const random = seededRandom(5);
  const rows: { ids: number[]; text: string; drawn: string }[] = [];
  for (const line of referenceLines()) {
    const ids = await encode(line);
    const drawn = Array.from({ length: Math.floor(random() * 12) }, () => Math.floor(random() * DRAWN_IDS));
    rows.push({ ids, text: await decode(ids), drawn: await decode(drawn) });
  }
  const hundreds = Array.from({ length: 10 }, (_, i) => rows.slice(i * 100, i * 100 + 100));
  return {
    ids: hundreds.map((some) => digestOf(some.map(({ ids }) => ids))),
    texts: hundreds.map((some) => digestOf(some.map(({ text }) => text))),
    drawn: hundreds.map((some) => digestOf(some.map(({ drawn }) => drawn))),
  };
}
