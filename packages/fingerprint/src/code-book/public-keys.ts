import { sha256 } from '@noble/hashes/sha2.js';
import { OmlError } from '@oml/protocol/error';
import { fromBase64 } from '@oml/protocol/wire/base64';
import { FILTER } from './public-keys-filter.ts';

/**
 * A Bloom filter: bit i·h2 + h1 for i below `rounds`, h1 and h2 from SHA-256 of the normalised key (Kirsch,
 * Mitzenmacher 2006).
 */
export interface KeyFilter {
  /** Bits in all. */
  size: number;
  rounds: number;
  /** Published keys in it. */
  count: number;
  bytes: Uint8Array;
}

let published: KeyFilter | undefined;

/**
 * Is this key in a set that was published with OML 1.0 or with Scalable fingerprinting? Whoever reads those knows it,
 * so it proves nothing.
 * Exact for published keys up to case and white space; about one other key in 2,000 is taken for one too, and may be
 * replaced.
 */
export function isPublicKey(text: string): boolean {
  published ??= { ...FILTER, bytes: fromBase64(FILTER.bytes) };
  return holdsKey(published, text);
}

/** Tells keys that must not be used: published ones, and those in the caller's own list, up to case and white space. */
export function refusal(alsoPublic: readonly string[] = []): (text: string) => boolean {
  const own = new Set(alsoPublic.map(normaliseKey));
  return (text) => isPublicKey(text) || own.has(normaliseKey(text));
}

/** Throws CODE_BOOK_INVALID where some key is published, or in the caller's own list of keys not to use. */
export function refusePublicKeys(texts: readonly string[], alsoPublic: readonly string[] = []): void {
  const known = texts.filter(refusal(alsoPublic));
  if (known.length > 0) {
    throw new OmlError(
      'CODE_BOOK_INVALID',
      `${known.length} of ${texts.length} keys are published and prove nothing. Use other keys, or let the model draw them.`,
      { details: { count: known.length } },
    );
  }
}

export function holdsKey(filter: KeyFilter, text: string): boolean {
  return bitsOf(filter, text).every((bit) => (filter.bytes[bit >> 3]! >> (bit & 7)) & 1);
}

/** A filter of so many bits per key over texts. */
export function makeKeyFilter(texts: Iterable<string>, bitsPerKey: number): KeyFilter {
  const keys = [...new Set([...texts].map(normaliseKey))];
  const size = Math.max(8, keys.length * bitsPerKey);
  const filter: KeyFilter = {
    size,
    rounds: Math.round(bitsPerKey * Math.LN2),
    count: keys.length,
    bytes: new Uint8Array(Math.ceil(size / 8)),
  };
  for (const key of keys) for (const bit of bitsOf(filter, key)) filter.bytes[bit >> 3]! |= 1 << (bit & 7);
  return filter;
}

function bitsOf({ size, rounds }: KeyFilter, text: string): number[] {
  const words = new DataView(sha256(new TextEncoder().encode(normaliseKey(text))).slice().buffer);
  const [h1, h2] = [words.getUint32(0), words.getUint32(4)];
  return Array.from({ length: rounds }, (_, i) => (h1 + i * h2) % size);
}

const normaliseKey = (text: string): string => text.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim();
