import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTokenizer } from '../run/tokenizer.ts';
import { fromSentencePiece } from './from-sentencepiece.ts';

interface Told {
  model: string;
  lines: { text: string; ids: number[] }[];
}
/** What the library itself makes of the lines: scripts/make-sentencepiece-vectors.py. */
const { told, refused } = JSON.parse(
  readFileSync(new URL('../../test-support/sentencepiece-vectors.json', import.meta.url), 'utf8'),
) as { told: Record<string, Told>; refused: Record<string, string> };
const fileOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const START = 1;
const code = expect.objectContaining({ code: 'TOKENIZER_INVALID' });

describe.each(Object.entries(told))('a SentencePiece model %s', (_, { model, lines }) => {
  const tokenizer = readTokenizer(fromSentencePiece(fileOf(model), { bos: false }));

  it.each(lines)('cuts $text as the library does', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });
  it('begins with <s> unless told otherwise', () => {
    const { text, ids } = lines[0]!;
    expect(readTokenizer(fromSentencePiece(fileOf(model))).encode(text)).toEqual([START, ...ids]);
  });
});

describe('a SentencePiece model that would be cut otherwise', () => {
  it.each(Object.entries(refused))('is refused: %s', (_, model) =>
    expect(() => fromSentencePiece(fileOf(model))).toThrow(code),
  );
  const whole = fileOf(Object.values(told)[0]!.model);
  it.each([
    ['cut off', whole.subarray(0, 4000)],
    ['another file', new TextEncoder().encode('{"version": "1.0"}')],
    ['empty', new Uint8Array()],
  ])('is refused where it is %s', (_, bytes) => expect(() => fromSentencePiece(bytes)).toThrow(code));
});
