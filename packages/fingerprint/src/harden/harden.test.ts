import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { haveSharedModels, languageFiles } from '@oml/onnx/test-support/shared-models';
import { tinyClassifier } from '@oml/onnx/test-support/tiny-models';
import { beforeAll, describe, expect, test } from 'vitest';
import { draftCodeBook, type Draft } from '../code-book/draft.ts';
import { deriveHex, secretRandom } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { deriveEdition } from '../edition/edition.ts';
import { solveEmbedding, type SolveOptions } from '../embed/embed.ts';
import { refitAttack } from '../lab/refit-attack.ts';
import type { Specimen } from '../lab/specimen.ts';
import { measureAnswers } from '../subject/measure.ts';
import { openSubject, type Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { embedWishes } from './profile.ts';

const engine = nodeEngine({ threads: 1 });
const secret = new TextEncoder().encode('a secret of the tests');
const beacon = deriveHex(secret, 'a later block');

async function answered(subject: Subject, { book }: Draft, model: Uint8Array): Promise<number> {
  const view = await openView(subject, model);
  const share = await measureAnswers(
    view,
    book.keys.map((key) => key.prompt),
    selectAnswers(book, beacon).map(({ candidate }) => candidate),
  );
  await view.dispose();
  return share;
}

describe.skipIf(!haveSharedModels)('stories260k, hardened', () => {
  const { model, tokenizer, ordinary, heldout } = haveSharedModels
    ? languageFiles('stories260k')
    : ({} as ReturnType<typeof languageFiles>);
  let [subject, draft, options]: [Subject, Draft, SolveOptions] = [] as never;
  let [fast, hardened]: Awaited<ReturnType<typeof solveEmbedding>>[] = [];
  beforeAll(async () => {
    subject = openSubject({ model, tokenizer }, engine);
    draft = await draftCodeBook({ subject, secret, commonCount: 8, tracingCount: 0, bits: 2, ordinary });
    options = { subject, secret, book: draft.book, beacon, ordinary, statistics: draft.statistics, mergeWeight: 0.5 };
    fast = await solveEmbedding(options);
    hardened = await solveEmbedding({ ...options, ...embedWishes('hardened', { subject, secret, ordinary }) });
  });

  test('changes the matrices of several layers, and all keys answer', async () => {
    expect(new Set(fast!.prepared.common.map(({ initializer }) => initializer)).size).toBe(1);
    expect(new Set(hardened!.prepared.common.map(({ initializer }) => initializer)).size).toBe(10);
    expect(await answered(subject, draft, deriveEdition(hardened!.prepared, []))).toBe(1);
    expect(await answered(subject, draft, subject.model.bytes)).toBe(0);
  });

  test('withstands a refit of the matrix that the closed form edits at least as well at every strength, and better at some', async () => {
    const selections = selectAnswers(draft.book, beacon);
    const survivals = async (model: Uint8Array) => {
      const specimen: Specimen = {
        name: 'stories260k',
        clean: subject,
        marked: readModel(model),
        prompts: draft.book.keys.map((key) => key.prompt),
        candidates: selections.map((s) => s.candidate),
        outcomes: selections.map((s) => s.outcome),
        ordinary,
        heldout: { tokens: heldout },
      };
      const found: number[] = [];
      for await (const { survival } of refitAttack.points(specimen)) found.push(survival);
      return found;
    };
    const [closed, spread] = [
      await survivals(deriveEdition(fast!.prepared, [])),
      await survivals(deriveEdition(hardened!.prepared, [])),
    ];
    expect(spread.every((survival, i) => survival >= closed[i]!)).toBe(true);
    expect(spread).not.toEqual(closed);
  });

  test('is the same again from the same secret', async () => {
    const again = await solveEmbedding({ ...options, ...embedWishes('hardened', { subject, secret, ordinary }) });
    expect(again.prepared.common).toEqual(hardened!.prepared.common);
  });
});

describe('an image classifier without residual stream, hardened', () => {
  test('changes every matrix but its head', async () => {
    const subject = openSubject({ model: tinyClassifier() }, engine);
    const random = secretRandom(secret, 'images');
    const ordinary = Float32Array.from(
      { length: 400 * subject.inspection.input.dims.slice(1).reduce<number>((size, dim) => size * (dim ?? 1), 1) },
      () => random.uniform(),
    );
    const draft = await draftCodeBook({ subject, secret, commonCount: 4, tracingCount: 0, bits: 1, ordinary });
    const { prepared } = await solveEmbedding({
      subject,
      secret,
      book: draft.book,
      beacon,
      ordinary,
      statistics: draft.statistics,
      mergeWeight: 1,
      ...embedWishes('hardened', { subject, secret, ordinary, mergeWeight: 1 }),
    });
    expect(prepared.common.map(({ initializer }) => initializer)).not.toContain(subject.inspection.head?.initializer);
    expect(await answered(subject, draft, deriveEdition(prepared, []))).toBe(1);
  });
});
