import { readModel } from '@oml/onnx/model-file';
import { softmax } from '@oml/onnx/sampling';
import { seededRandom } from '@oml/onnx/seeded-random';
import { openProducts } from '../src/algebra/products.ts';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { openPresence } from '../src/edition/atom-presence.ts';
import { deriveEdition, editionSubset, slotSeed } from '../src/edition/edition.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import { draftWishes, embedWishes } from '../src/harden/profile.ts';
import { openTracer } from '../src/lab/adaptive/trace-tried.ts';
import type { Specimen } from '../src/lab/specimen.ts';
import { openView } from '../src/subject/view.ts';
import type { Named } from './marked.ts';

/** Editions that were handed out. */
export const LICENSEES = 256;
/** One-token answers that an endpoint is asked for, over all tracing keys. */
export const ANSWERS = 16_384;

export interface AdaptiveEdition {
  specimen: Specimen;
  tracer: ReturnType<typeof openTracer>;
  dispose(): Promise<void>;
}

/** What one licensee holds, all common keys, its tracing keys, and its noise; and what names it. */
export async function adaptiveEdition(
  { name, profile, bench, subject, keys }: Named,
  label: string,
): Promise<AdaptiveEdition> {
  const secret = new TextEncoder().encode(`bench secret of an adaptive host: ${label}`);
  const beacon = deriveHex(secret, 'beacon');
  const { ordinary, heldout, bits } = bench;
  const { book, statistics, geometry } = await draftCodeBook({
    subject,
    secret,
    commonCount: keys,
    tracingCount: keys,
    bits,
    ordinary,
    ...draftWishes(profile, subject),
  });
  const { prepared } = await solveEmbedding({
    subject,
    secret,
    book,
    beacon,
    ordinary,
    statistics,
    geometry,
    mergeWeight: 0.5,
    ...embedWishes(profile, { subject, ordinary, secret }),
  });
  const seed = slotSeed(secret, 0);
  const subset = editionSubset({ slotSeed: seed, hostSalt: deriveHex(secret, 'host'), beacon }, keys);
  const selections = selectAnswers(book, beacon);
  const [common, traced] = [selections.slice(0, keys), selections.slice(keys)];
  const tracing = book.keys.slice(keys).map(({ prompt }) => prompt);
  const view = await openView(subject);
  const rows = await view.answering(tracing);
  const products = await openProducts(subject.engine);
  const { covariance } = statistics.ordinary;
  const presenceIn = await openPresence({ prepared, rows, products, covariance });
  await view.dispose();
  const outcomes = traced.map(({ outcome }) => outcome);
  const size = subject.inspection.outcomes;
  const specimen: Specimen = {
    name,
    clean: subject,
    marked: readModel(deriveEdition(prepared, subset, seed)),
    prompts: book.keys.slice(0, keys).map(({ prompt }) => prompt),
    candidates: common.map(({ candidate }) => candidate),
    outcomes: common.map(({ outcome }) => outcome),
    tracing,
    ordinary,
    heldout,
  };
  const tracer = openTracer({
    prepared,
    presenceIn,
    covariance,
    guilty: { subset, slotSeed: seed },
    licensees: LICENSEES,
    outcomes,
    chances: outcomes.map((outcome, key) => softmax(rows.scores, key * size, size)[outcome]!),
    samples: Math.round(ANSWERS / keys),
    random: seededRandom(76),
  });
  return { specimen, tracer, dispose: () => products.dispose() };
}
