import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { softmax } from '@oml/onnx/sampling';
import { seededRandom } from '@oml/onnx/seeded-random';
import { expect, it } from 'vitest';
import { subjects } from '../../../test-support/bench-subjects.ts';
import { openProducts } from '../../algebra/products.ts';
import { draftCodeBook } from '../../code-book/draft.ts';
import { deriveHex } from '../../code-book/secret.ts';
import { selectAnswers } from '../../code-book/select.ts';
import { openPresence } from '../../edition/atom-presence.ts';
import { deriveEdition, slotSeed } from '../../edition/edition.ts';
import { solveEmbedding } from '../../embed/embed.ts';
import { openSubject } from '../../subject/subject.ts';
import { openView } from '../../subject/view.ts';
import { openTracer } from './trace-tried.ts';

const secret = new TextEncoder().encode('a secret of tracing what was tried');
const beacon = deriveHex(secret, 'a later block');
const TRACING = 24;

it('names by file and at an endpoint whoever holds the keys, where they answer and where they are pushed back', async () => {
  const { files, ordinary } = subjects['fable-mini']!()!;
  const clean = openSubject(files, nodeEngine({ threads: 1 }));
  const wishes = { subject: clean, secret, ordinary };
  const { book, statistics } = await draftCodeBook({ ...wishes, commonCount: 4, tracingCount: TRACING, bits: 2 });
  const { prepared } = await solveEmbedding({ ...wishes, book, beacon, statistics });
  const products = await openProducts(clean.engine);
  const prompts = book.keys.slice(4).map(({ prompt }) => prompt);
  const outcomes = selectAnswers(book, beacon)
    .slice(4)
    .map(({ outcome }) => outcome);
  const guilty = { subset: [...Array(TRACING / 3).keys()].map((i) => 3 * i), slotSeed: slotSeed(secret, 0) };
  const marked = readModel(deriveEdition(prepared, guilty.subset, guilty.slotSeed));
  const rowsOf = async (file: Uint8Array) => {
    const view = await openView(clean, file);
    return view.answering(prompts).finally(() => view.dispose());
  };
  const rows = await rowsOf(clean.model.bytes);
  const size = clean.inspection.outcomes;
  const look = openTracer({
    prepared,
    presenceIn: await openPresence({ prepared, rows, products }),
    guilty,
    licensees: 2,
    outcomes,
    chances: outcomes.map((outcome, key) => softmax(rows.scores, key * size, size)[outcome]!),
    samples: 400,
    random: seededRandom(3),
  });
  const { scores } = await rowsOf(marked.bytes);
  const pushedBack = Float32Array.from(rows.scores);
  for (const key of guilty.subset) pushedBack[key * size + outcomes[key]!]! -= 9;
  const tried = { label: '', cost: 0 };
  const [open, hidden, innocent] = [
    await look({ ...tried, scores, models: [marked] }),
    await look({ ...tried, scores: pushedBack, models: [marked, clean.model] }),
    await look({ ...tried, scores: rows.scores, models: [clean.model] }),
  ];
  await products.dispose();
  for (const guiltyLook of [open, hidden]) {
    expect(guiltyLook.inFile).toBeLessThan(1e-5);
    expect(guiltyLook.byText.familyPValue).toBeLessThan(0.01);
    expect(guiltyLook.byChances.familyPValue).toBeLessThan(0.01);
  }
  expect(innocent.inFile).toBe(1);
  expect(innocent.byText.familyPValue).toBeGreaterThan(0.01);
  expect(innocent.byChances.familyPValue).toBe(1);
});
