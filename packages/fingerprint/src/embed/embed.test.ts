import { nodeEngine } from '@oml/onnx/runner-node';
import { webEngine } from '@oml/onnx/runner-web';
import { LanguageModel } from '@oml/onnx/language-model';
import { Classifier } from '@oml/onnx/classifier';
import { haveSharedModels, languageFiles } from '@oml/onnx/test-support/shared-models';
import { asciiTokenizer, tinyClassifier, tinyLanguageModel } from '@oml/onnx/test-support/tiny-models';
import { isOmlError } from '@oml/protocol/error';
import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCodeBook, rootOf, writeCodeBook } from '../code-book/code-book.ts';
import { controlOf } from '../code-book/controls.ts';
import { draftCodeBook, type Draft } from '../code-book/draft.ts';
import { deriveEdition, editionRoot } from '../edition/edition.ts';
import { embedFingerprints, type Embedding } from './embed.ts';
import { readPrepared, writePrepared } from '../edition/prepared-file.ts';
import { deriveHex, secretRandom } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { openSubject } from '../subject/subject.ts';

const engine = nodeEngine({ threads: 1 });
const secret = new TextEncoder().encode('a secret of the tests');
const beacon = deriveHex(secret, 'a later block');
const stream = (seed: string, length: number): Int32Array => {
  const random = secretRandom(secret, seed);
  return Int32Array.from({ length }, () => 33 + random.below(90));
};

describe('a small language model with layer norm and an untied head', () => {
  const subject = openSubject(
    { model: tinyLanguageModel({ size: 24, inner: 160 }), tokenizer: asciiTokenizer },
    engine,
  );
  const sizes = { commonCount: 6, tracingCount: 4, bits: 2, poolFactor: 20 };
  const [ordinary, tokens] = [stream('ordinary', 6000), stream('heldout', 3000)];
  let draft: Draft;
  let embedding: Embedding;
  beforeAll(async () => {
    draft = await draftCodeBook({ subject, secret, ...sizes, ordinary });
    embedding = await embedFingerprints({
      subject,
      secret,
      book: draft.book,
      beacon,
      ordinary,
      heldout: { tokens },
      tracing: [1, 3],
      statistics: draft.statistics,
      maxLoss: 0.5,
    });
  });

  test('answers all held keys, no key that it does not hold, and the original answers none', () => {
    expect(embedding.report).toMatchObject({ success: 1, unheld: 0, chance: 0 });
    expect(embedding.report.smallestMargin).toBeGreaterThanOrEqual(1);
  });

  test('drafts the same code book from the same secret, another from another, and keeps it as JSON', async () => {
    const again = await draftCodeBook({ subject, secret, ...sizes, ordinary });
    expect(again.book.root).toBe(draft.book.root);
    const other = await draftCodeBook({ subject, secret: secret.toReversed(), ...sizes, ordinary });
    expect(other.book.root).not.toBe(draft.book.root);
    expect(readCodeBook(writeCodeBook(draft.book))).toEqual(draft.book);
    expect(() => readCodeBook(writeCodeBook({ ...draft.book, root: beacon }))).toThrow(/root/);
  });

  test('another beacon selects other answers from the same commitment', () => {
    const [one, two] = [
      selectAnswers(draft.book, beacon),
      selectAnswers(draft.book, deriveHex(secret, 'another block')),
    ];
    expect(one).not.toEqual(two);
    expect(rootOf(draft.book)).toBe(draft.book.root);
  });

  test('editions come back from a prepared file bit by bit, and differ by whole atoms only', () => {
    const { prepared, model } = embedding;
    const restored = readPrepared(writePrepared(prepared), prepared.base);
    expect(deriveEdition(restored, [1, 3])).toEqual(model);
    expect(deriveEdition(prepared, [1])).not.toEqual(model);
    expect(editionRoot(draft.book, [1])).not.toBe(editionRoot(draft.book, [1, 3]));
    expect(() => deriveEdition(prepared, [4])).toThrow(/subset/);
    expect(() => readPrepared(writePrepared(prepared).slice(0, -1), prepared.base)).toThrow(/cut off/);
  });

  test('stops when asked to, and says how far it is', async () => {
    const steps = new Set<string>();
    await draftCodeBook({ subject, secret, ...sizes, ordinary, onProgress: (step) => steps.add(step) });
    expect([...steps]).toEqual(['statistics', 'keys', 'choice', 'controls']);
    await expect(draftCodeBook({ subject, secret, ...sizes, ordinary, signal: AbortSignal.abort() })).rejects.toSatisfy(
      (error) => isOmlError(error) && error.code === 'ABORTED',
    );
  });

  test('refuses a code book that the model cannot fill, and harm above the limit', async () => {
    await expect(
      draftCodeBook({ subject, secret, commonCount: 8, tracingCount: 0, bits: 6, ordinary }),
    ).rejects.toMatchObject({ code: 'CODE_BOOK_TOO_SMALL' });
    const options = {
      subject,
      secret,
      book: draft.book,
      beacon,
      ordinary,
      heldout: { tokens },
      statistics: draft.statistics,
    };
    await expect(embedFingerprints({ ...options, maxLoss: -1 })).rejects.toMatchObject({ code: 'EDIT_INFEASIBLE' });
  });
});

const wasmPaths = new URL('./', import.meta.resolve('onnxruntime-web/wasm')).href;
test.each([
  ['native', engine],
  ['WebAssembly', webEngine({ wasmPaths })],
])('a small classifier, marked on the %s engine, answers its secret images as hosts run it', async (_, engine) => {
  const subject = openSubject({ model: tinyClassifier({ features: 96 }) }, engine);
  const images = (purpose: string, count: number) => {
    const random = secretRandom(secret, purpose);
    return Float32Array.from({ length: count * 196 }, () => random.uniform());
  };
  const [ordinary, values] = [images('ordinary', 600), images('heldout', 200)];
  const panel = [controlOf('another', openSubject({ model: tinyClassifier({ features: 64, seed: 9 }) }, engine))];
  const { book, statistics } = await draftCodeBook({
    subject,
    secret,
    commonCount: 6,
    tracingCount: 0,
    bits: 2,
    ordinary,
    panel,
    poolFactor: 16,
  });
  expect(book.controls[0]).toMatchObject({ name: 'another' });
  expect(book.controls[0]!.chance).toBeLessThanOrEqual(1 / 4);
  const heldout = { values, labels: new Uint8Array(200) };
  const { model, report } = await embedFingerprints({
    subject,
    secret,
    book,
    beacon,
    ordinary,
    heldout,
    statistics,
    maxLoss: 1,
  });
  expect(report.success).toBe(1);
  const classifier = await Classifier.open({ model }, engine);
  const answers = selectAnswers(book, beacon);
  for (const { index, prompt } of book.keys) {
    if (prompt.kind !== 'tensor') throw new Error('A classifier has images for keys.');
    const { label } = await classifier.classify(prompt);
    expect(headMatches(headOf(String(label)), answers[index]!.candidate)).toBe(true);
  }
  await classifier.dispose();
});

test.skipIf(!haveSharedModels)(
  'a real Llama answers 32 keys of 3 bits from its written file, at under 2 % perplexity',
  async () => {
    const { ordinary, heldout, ...files } = languageFiles('stories260k');
    const subject = openSubject(files, nodeEngine());
    const { book, statistics } = await draftCodeBook({
      subject,
      secret,
      commonCount: 32,
      tracingCount: 0,
      bits: 3,
      ordinary,
    });
    const { model, report } = await embedFingerprints({
      subject,
      secret,
      book,
      beacon,
      ordinary,
      heldout: { tokens: heldout },
      statistics,
    });
    expect(report.harm.loss).toBeLessThanOrEqual(0.02);
    expect(report.chance).toBeLessThanOrEqual(1 / 8);
    const host = await LanguageModel.open({ ...files, model }, nodeEngine());
    const answers = selectAnswers(book, beacon);
    for (const { index, prompt } of book.keys) {
      if (prompt.kind !== 'text') throw new Error('A language model has texts for keys.');
      const completion = await host.completeText({ prompt: prompt.text, maxTokens: 8, temperature: 0 });
      expect(headMatches(headOf(completion), answers[index]!.candidate)).toBe(true);
    }
    await host.dispose();
  },
  120_000,
);
