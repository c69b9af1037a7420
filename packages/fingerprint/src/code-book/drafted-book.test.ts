import { nodeEngine } from '@oml/onnx/runner-node';
import { asciiTokenizer, tinyLanguageModel } from '@oml/onnx/test-support/tiny-models';
import { beforeAll, describe, expect, it } from 'vitest';
import { promptOf } from './texts.ts';
import { openSubject } from '../subject/subject.ts';
import { leavesOf, readCodeBook, writeCodeBook, type CodeBook } from './code-book.ts';
import { controlOf } from './controls.ts';
import { draftCodeBook, type DraftOptions } from './draft.ts';
import { poseidonRoot } from './poseidon-root.ts';
import { secretRandom } from './secret.ts';

const secret = new TextEncoder().encode('a secret of drafts');
const subject = openSubject(
  { model: tinyLanguageModel({ size: 24, inner: 160 }), tokenizer: asciiTokenizer },
  nodeEngine({ threads: 1 }),
);
const random = secretRandom(secret, 'ordinary');
const ordinary = Int32Array.from({ length: 6000 }, () => 33 + random.below(90));
const options: DraftOptions = { subject, secret, commonCount: 4, tracingCount: 2, bits: 2, poolFactor: 20, ordinary };
const textsOf = (book: CodeBook): string[] =>
  book.keys.map(({ prompt }) => (prompt.kind === 'text' ? prompt.text : ''));
let book: CodeBook;

beforeAll(async () => {
  ({ book } = await draftCodeBook({ ...options, panel: [controlOf('itself, unmarked', subject)] }));
});

describe('a drafted code book', () => {
  it('carries its root over Poseidon2 as well, also where it was written before there was one', () => {
    expect(book.poseidonRoot).toBe(poseidonRoot(leavesOf(book)));
    const { poseidonRoot: _, ...older } = JSON.parse(writeCodeBook(book)) as Record<string, unknown>;
    expect(readCodeBook(JSON.stringify(older))).toEqual(book);
  });

  it('tells how often each model of the panel answers by chance', () => {
    expect(book.controls).toEqual([{ name: 'itself, unmarked', chance: expect.any(Number) }]);
    expect(book.controls[0]!.chance).toBeLessThanOrEqual(2 ** -book.bits);
  });

  it('holds no key that somebody knows, in whatever case and spacing', async () => {
    const known = textsOf(book);
    const { book: other } = await draftCodeBook({
      ...options,
      refusedKeys: known.map((text) => ` ${text.toUpperCase()}\n`),
    });
    expect(textsOf(other).filter((text) => known.includes(text))).toEqual([]);
  });

  it('is refused where the owner brings a published key', async () => {
    const customKeys = PUBLISHED.map((text) => promptOf(subject, asciiTokenizer.encode(text))!);
    await expect(draftCodeBook({ ...options, customKeys })).rejects.toMatchObject({
      code: 'CODE_BOOK_INVALID',
      details: { count: 1 },
    });
  });
});

const PUBLISHED = ['It was as quiet as a night can be, at this lonely hours of mid', 'a key that nobody published'];
