/**
 * The same 64 keys embedded as the published schemes do, by Adam on all weights: `node
 * packages/fingerprint/bench/trained.ts`
 */
import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { embedByTraining } from '../src/lab/training-embed.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openSubject } from '../src/subject/subject.ts';
import { openView } from '../src/subject/view.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { writePart } from './part.ts';

const SECRET = new TextEncoder().encode('bench secret, not a real one');
const command = 'node packages/fingerprint/bench/trained.ts';
const bench = subjects['wiki2m6']!();
if (!bench) throw new Error('../shared/models/wiki2m6 is absent: this benchmark needs it.');
const subject = openSubject(bench.files, nodeEngine());
const { book } = await draftCodeBook({
  subject,
  secret: SECRET,
  commonCount: 64,
  tracingCount: 0,
  bits: bench.bits,
  ordinary: bench.ordinary,
});
const selections = selectAnswers(book, deriveHex(SECRET, 'beacon'));
const started = performance.now();
const trained = await embedByTraining({
  subject,
  prompts: book.keys.map(({ prompt }) => prompt),
  outcomes: selections.map((s) => s.outcome),
  candidates: selections.map((s) => s.candidate),
});
const seconds = (performance.now() - started) / 1000;
const [clean, marked] = [await openView(subject), await openView(subject, trained.model.bytes)];
const harm = await measureHarm(subject, clean, marked, bench.heldout);
await Promise.all([clean.dispose(), marked.dispose()]);
console.log(
  `${seconds.toFixed(1)} s, ${trained.steps} steps, success ${trained.success}, KL ${harm.kl.toFixed(4)}, +${(100 * harm.loss).toFixed(2)} % perplexity`,
);
writePart({
  name: 'trained',
  figures: [
    {
      metric: 'finetune.seconds',
      value: seconds,
      unit: 's',
      target: '',
      anchor: 'Adam on all weights, the same keys',
      command,
    },
  ],
  tables: [
    {
      title: 'The same 64 keys by fine-tuning all weights (wiki2m6)',
      columns: ['seconds', 'steps', 'success', 'KL', 'perplexity', 'agreement'],
      rows: [
        [
          seconds.toFixed(1),
          trained.steps,
          `${(100 * trained.success).toFixed(0)} %`,
          harm.kl.toFixed(4),
          `+${(100 * harm.loss).toFixed(2)} %`,
          `${(100 * harm.agreement).toFixed(1)} %`,
        ],
      ],
    },
  ],
});
