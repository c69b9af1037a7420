import { readModel } from '@oml/onnx/model-file';
import { describeSite } from '@oml/onnx/inspect';
import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { handBuilt } from '@oml/onnx/test-support/architectures/all';
import { scrambled } from '@oml/onnx/test-support/scrambled';
import { asciiTokenizer } from '@oml/onnx/test-support/tiny-models';
import { argmax } from '@oml/onnx/sampling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignSuspect } from '../align/align-suspect.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import { openLanguageView } from '../subject/language-view.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Subject } from '../subject/subject.ts';
import { openSuspect } from './open-suspect.ts';

const engine = nodeEngine({ threads: 1 });
let products: Products;
beforeAll(async () => void (products = await openProducts(engine)));
afterAll(() => products.dispose());

const decoders = Object.entries(handBuilt).flatMap(([name, make]) => {
  const model = readModel(make());
  const inspection = describeSite(model);
  return inspection.kind === 'language' && inspection.readOnly === undefined ? [{ name, model, inspection }] : [];
});

/** Texts that a model writes itself: under any other way to feed it they are less likely. */
async function ownTexts(subject: Subject): Promise<Prompt[]> {
  const view = await openLanguageView(subject, subject.model.bytes);
  const random = seededRandom(4);
  let texts = Array.from({ length: 12 }, () => [2 + Math.floor(random() * (subject.inspection.outcomes - 2))]);
  for (let step = 0; step < 9; step++) {
    const scores = await view.lastScores(texts);
    texts = texts.map((ids, i) => [...ids, argmax(scores[i]!)]);
  }
  await view.dispose();
  return texts.map((ids) => ({ kind: 'text', text: '', ids }));
}

describe.each(decoders)('$name, of which a copy calls everything by other names', ({ model, inspection }) => {
  const subject: Subject = { model, inspection, engine, tokenizer: asciiTokenizer };

  it('is asked by its inputs and outputs, and its matrix is found', async () => {
    const prompts = await ownTexts(subject);
    const view = await openLanguageView(subject, model.bytes);
    const copy = scrambled(model.bytes, seededRandom(6), { keepsInterface: false });
    const suspect = await openSuspect(subject, copy, prompts);
    expect(await suspect.heads(prompts)).toEqual(await view.heads(prompts));
    await view.dispose();
    const questions = prompts.map((prompt) => (prompt.kind === 'text' ? prompt.ids : []));
    const reference = siteMatrix(inspection.site, model.bytes);
    const aligned = await alignSuspect({ subject, reference, suspect, questions, products });
    await suspect.dispose();
    expect(aligned[0]!.cosine).toBeGreaterThan(0.999);
    expect(aligned[0]!.inPlace).toBe(inspection.site.keySize);
  });
});
