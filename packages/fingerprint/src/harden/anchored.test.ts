import { readModel } from '@oml/onnx/model-file';
import { linearProducts } from '@oml/onnx/rewrite/weights';
import { nodeEngine } from '@oml/onnx/runner-node';
import { expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { openProducts } from '../algebra/products.ts';
import { draftCodeBook } from '../code-book/draft.ts';
import { deriveHex } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { deriveEdition } from '../edition/edition.ts';
import { solveEmbedding } from '../embed/embed.ts';
import { inputCovariances, refitAll } from '../lab/training-refit.ts';
import { openSubject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { embedWishes, type Profile } from './profile.ts';
import { residualWriters } from './site.ts';

const secret = new TextEncoder().encode('a secret of the tests');
const beacon = deriveHex(secret, 'a later block');

it('what lifts an anchored key is kept by a refit on text that it never saw', async () => {
  const { files, ordinary, heldout } = subjects['fable-mini']!()!;
  const subject = openSubject(files, nodeEngine({ threads: 1 }));
  const wishes = { subject, secret, ordinary };
  const { book, statistics, geometry } = await draftCodeBook({ ...wishes, commonCount: 8, tracingCount: 0, bits: 3 });
  const outcomes = selectAnswers(book, beacon).map(({ outcome }) => outcome);
  const products = await openProducts(subject.engine);
  const scoresOf = async (model: Uint8Array) => {
    const view = await openView(subject, model);
    const { scores } = await view.answering(book.keys.map(({ prompt }) => prompt));
    await view.dispose();
    return outcomes.map((outcome, key) => scores[key * subject.inspection.outcomes + outcome]!);
  };
  /** Logits by which the edition raises the answers above a refit of all that writes into the stream: a mean. */
  const forgotten = async (profile: Profile) => {
    const { prepared } = await solveEmbedding({
      ...wishes,
      book,
      beacon,
      statistics,
      geometry,
      ...embedWishes(profile, wishes),
    });
    const marked = readModel(deriveEdition(prepared, []));
    const writers = residualWriters({ model: marked, inspection: subject.inspection });
    const only = new Set(
      linearProducts(marked).flatMap(({ node, weight }) => (writers.has(node.output[0]!) ? [weight.name] : [])),
    );
    const covariances = await inputCovariances({ clean: subject, marked, heldout }, products, 8);
    const copy = await refitAll(marked, covariances, { lambda: 0.1, only }, products);
    const [own, left] = [await scoresOf(marked.bytes), await scoresOf(copy.bytes)];
    return own.reduce((sum, score, key) => sum + (score - left[key]!) / own.length, 0);
  };
  const [hardened, anchored] = [await forgotten('hardened'), await forgotten('anchored')];
  await products.dispose();
  expect(anchored).toBeLessThan(0.8 * hardened);
});
