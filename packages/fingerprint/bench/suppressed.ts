/**
 * A host that always removes the likeliest token: queries until its second answers convict it. `node
 * packages/fingerprint/bench/suppressed.ts`
 */
import { argmax } from '@oml/onnx/sampling';
import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { deriveEdition } from '../src/edition/edition.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import { weighSuppressed, type PairAnswer } from '../src/evidence/suppressed.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openSubject } from '../src/subject/subject.ts';
import type { View } from '../src/subject/rows.ts';
import { openView } from '../src/subject/view.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { writePart } from './part.ts';

const KEYS = 40;
const SECRET = new TextEncoder().encode('bench secret, not a real one');
const BEACON = deriveHex(SECRET, 'beacon');
const command = 'node packages/fingerprint/bench/suppressed.ts';
const bench = subjects['wiki2m6']!();
if (!bench) throw new Error('../shared/models/wiki2m6 is absent: this benchmark needs it.');
const subject = openSubject(bench.files, nodeEngine());
const { book, statistics } = await draftCodeBook({
  subject,
  secret: SECRET,
  commonCount: KEYS,
  tracingCount: 0,
  bits: bench.bits,
  ordinary: bench.ordinary,
});
const { prepared } = await solveEmbedding({
  subject,
  secret: SECRET,
  book,
  beacon: BEACON,
  ordinary: bench.ordinary,
  statistics,
  pairs: KEYS,
});
const [clean, marked] = [await openView(subject), await openView(subject, deriveEdition(prepared, []))];
const selections = selectAnswers(book, BEACON);
const harm = await measureHarm(subject, clean, marked, bench.heldout);

/** What each key shows first when the likeliest token is always dropped. */
async function shown(view: View): Promise<PairAnswer[]> {
  const size = subject.inspection.outcomes;
  const { scores } = await view.answering(book.keys.map(({ prompt }) => prompt));
  return book.keys.map((key, row) => {
    const own = scores.slice(row * size, (row + 1) * size);
    own[argmax(own)] = -Infinity;
    const next = argmax(own);
    const { outcome, second } = selections[row]!;
    const kind =
      next === outcome ? 'first' : next === second.outcome ? 'second' : key.outcomes.includes(next) ? 'other' : 'none';
    return { shown: kind, candidates: key.outcomes.length };
  });
}

const [host, honest] = [await shown(marked), await shown(clean)];
let queries = 1;
while (queries <= KEYS && weighSuppressed(host.slice(0, queries)).verdict !== 'match') queries++;
const second = host.filter((answer) => answer.shown === 'second').length / KEYS;
const unmarked = weighSuppressed(honest);
console.log(
  `second answers ${second}, queries to 1e-6: ${queries}; an unmarked host: ${unmarked.verdict}, log e ${unmarked.logE.toFixed(1)}`,
);
writePart({
  name: 'suppressed',
  figures: [
    {
      metric: 'suppressed.queries',
      value: queries,
      unit: 'queries',
      target: 'at most 40',
      anchor: 'editions.md §4: 20',
      command,
    },
  ],
  tables: [
    {
      title: `A host that always drops the likeliest token: ${KEYS} ordered pairs on wiki2m6`,
      columns: ['second answer shows', 'queries to 1e-6', 'an unmarked host, all keys', 'KL', 'perplexity'],
      rows: [
        [
          `${(100 * second).toFixed(0)} %`,
          queries,
          unmarked.verdict,
          harm.kl.toFixed(4),
          `+${(100 * harm.loss).toFixed(2)} %`,
        ],
      ],
    },
  ],
});
await Promise.all([clean.dispose(), marked.dispose()]);
