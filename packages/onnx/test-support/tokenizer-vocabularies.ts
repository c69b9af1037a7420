import { referenceLines } from './tokenizer-lines.ts';

export type Json = Record<string, unknown>;

/** Added tokens of every kind, first in every vocabulary. */
export const ADDED_TOKENS: Json[] = [
  { content: '<unk>', special: true },
  { content: '<s>', special: true },
  { content: '</s>', special: true },
  { content: '<mark>', special: false, normalized: true },
  { content: '<left>', special: false, lstrip: true },
  { content: '<right>', special: false, rstrip: true },
  { content: '<both>', special: true, lstrip: true, rstrip: true },
].map((token, id) => ({ id, single_word: false, lstrip: false, rstrip: false, normalized: false, ...token }));
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);

/** Learns the merges of the commonest neighbours of a text's words; ids follow those of the added tokens. */
function learn(words: readonly string[], merges: number) {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const cut = [...counts].map(([word, count]) => ({ parts: [...word], count }));
  const letters = [...new Set(cut.flatMap(({ parts }) => parts))].sort();
  const learnt: [string, string][] = [];
  for (let round = 0; round < merges; round++) {
    const pairs = new Map<string, number>();
    for (const { parts, count } of cut)
      for (let i = 0; i + 1 < parts.length; i++) {
        const pair = `${parts[i]}\n${parts[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    const [best] = [...pairs].reduce((top, pair) => (pair[1] > top[1] ? pair : top), ['', 0]);
    const [left, right] = best.split('\n') as [string, string];
    learnt.push([left, right]);
    for (const one of cut) one.parts = joined(one.parts, left, right);
  }
  return { letters, merges: learnt };
}

function joined(parts: string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const isPair = parts[i] === left && parts[i + 1] === right;
    out.push(isPair ? left + right : parts[i]!);
    if (isPair) i++;
  }
  return out;
}

const vocabOf = (tokens: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set([...ADDED_TOKENS.map(({ content }) => content as string), ...tokens])].map((token, id) => [token, id]),
  );

/** Characters that stand for bytes in byte-level vocabularies, by byte. */
const BYTE_LETTERS: string[] = (() => {
  const isPlain = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPlain(byte) ? byte : next++));
})();
const byteLetters = (text: string) => Array.from(new TextEncoder().encode(text), (byte) => BYTE_LETTERS[byte]).join('');

/** What cuts words into tokens, learnt from the lines themselves. */
export function tokenModels() {
  const lines = referenceLines();
  const spaced = lines.flatMap((line) =>
    line
      .replaceAll(' ', ' ▁')
      .split(/[ \n\t]/)
      .filter(Boolean),
  );
  const meta = learn(spaced, 150);
  // Some letters are left out, so that there is something unknown.
  const known = meta.letters.filter((_, i) => i % 9 !== 0);
  const has = new Set(known);
  const merges = meta.merges.filter(([a, b]) => [...(a + b)].every((letter) => has.has(letter)));
  const metaTokens = [...known, ...merges.map((pair) => pair.join(''))];
  const bytes = learn(lines.flatMap((line) => line.match(/ ?[^\s]+|\s+/g) ?? []).map(byteLetters), 200);
  const bpe = { type: 'BPE', dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null };
  const plain = { ...bpe, unk_token: '<unk>', fuse_unk: false, byte_fallback: false, ignore_merges: false };
  return {
    meta: { ...plain, vocab: vocabOf(metaTokens), merges },
    metaBytes: { ...plain, byte_fallback: true, fuse_unk: true, vocab: vocabOf([...BYTES, ...metaTokens]), merges },
    byteLevel: {
      ...plain,
      unk_token: null,
      vocab: vocabOf([...BYTE_LETTERS, ...bytes.merges.map((pair) => pair.join(''))]),
      merges: bytes.merges,
    },
    unigram: { type: 'Unigram', unk_id: 0, byte_fallback: false, vocab: metaTokens.map((token) => [token, -3]) },
    wordPiece: {
      type: 'WordPiece',
      unk_token: '<unk>',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: vocabOf(meta.letters),
    },
  };
}
