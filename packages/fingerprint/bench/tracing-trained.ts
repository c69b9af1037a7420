/**
 * Colluders who change every layer of what they share: `node packages/fingerprint/bench/tracing-trained.ts [trials per
 * attack] [coalition sizes]`.
 */
import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { headMatches } from '@oml/protocol/evidence/head';
import { secretRandom } from '../src/code-book/secret.ts';
import { deriveEdition } from '../src/edition/edition.ts';
import { siteMatrix } from '../src/edition/site-matrix.ts';
import { average, cutSpan } from '../src/lab/collusion-attacks.ts';
import { pick } from '../src/lab/collusion-trials.ts';
import { countVerdicts, emptyTally, summaryOf } from '../src/lab/collusion-verdicts.ts';
import { withSiteMatrix } from '../src/lab/firing-keys.ts';
import type { Specimen } from '../src/lab/specimen.ts';
import {
  fineTuning,
  selfDistillation,
  targetedRemoval,
  trainedModels,
  type TrainingAttack,
} from '../src/lab/training-attacks.ts';
import { splitHeldout } from '../src/lab/training-data.ts';
import { inputCovariances, refitAll } from '../src/lab/training-refit.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openView } from '../src/subject/view.ts';
import { SECRET } from './marked.ts';
import { writePart, type Figure, type Part } from './part.ts';
import {
  describeTraced,
  HOLD,
  LICENSEES,
  licenseesWith,
  openTracingRelease,
  tracedTable,
  type TracedAttack,
} from './tracing-release.ts';

const [TRIALS, SIZES, TRACING] = [Number(process.argv[2] ?? 2), (process.argv[3] ?? '2,3').split(',').map(Number), 256];
/** Costs the clean model under 2 % perplexity. */
const LAMBDA = 0.03;
const command = 'node packages/fingerprint/bench/tracing-trained.ts';

const release = await openTracingRelease(TRACING);
const { bench, subject, view, products, book, prepared, selections, covariance } = release;
const { training: text, judging } = splitHeldout(bench.heldout);
const prompts = book.keys.slice(book.commonCount).map(({ prompt }) => prompt);

interface WholeAttack {
  name: string;
  /** The matrix of the edited site that the members agree on first. */
  first: typeof cutSpan;
  next: (specimen: Specimen) => Promise<OnnxModel>;
}

const lastOf = (attack: TrainingAttack) => async (specimen: Specimen) => {
  let last = specimen.marked;
  for await (const { model } of trainedModels(attack, specimen, text)) last = model;
  return last;
};
const tuned: TrainingAttack = {
  ...fineTuning,
  runs: [{ label: 'rate 3e-4', schedule: { steps: 300, learningRate: 3e-4, clipNorm: 1, weightDecay: 0.01 } }],
};
const ATTACKS: readonly WholeAttack[] = [
  {
    name: 'average, all matrices refitted, λ = .03',
    first: average.run,
    next: async (specimen) =>
      refitAll(specimen.marked, await inputCovariances(specimen, products), { lambda: LAMBDA }, products),
  },
  { name: 'average, 300 steps of fine-tuning at 3e-4', first: average.run, next: lastOf(tuned) },
  { name: 'span cut out, 300 steps of fine-tuning at 3e-4', first: cutSpan, next: lastOf(tuned) },
  { name: 'average, noise of 30 % and self-distillation', first: average.run, next: lastOf(selfDistillation) },
  { name: 'average, removal by gradient on prompts like the keys', first: average.run, next: lastOf(targetedRemoval) },
];

const [figures, tables]: [Figure[], Part['tables']] = [[], []];
for (const size of SIZES) {
  const rows: TracedAttack[] = [];
  for (const attack of ATTACKS) rows.push(await tryAttack(attack, size));
  figures.push({
    metric: `trace.k${size}.allLayers`,
    value: Math.min(...rows.map(({ namedByAny }) => namedByAny)),
    unit: 'fraction',
    target: 'at least .99 named under every attack',
    anchor: 'attacks that change every layer',
    command,
  });
  tables.push(
    tracedTable(
      `${size} colluders who change every layer, p = ${HOLD[size]}, ${TRIALS} trials per attack`,
      rows,
      'Keys are asked of the written file; weights are compared with what the clean model computes at the keys.',
    ),
  );
}
writePart({ name: 'tracing-trained', figures, tables });
await release.dispose();

async function tryAttack({ name, first, next }: WholeAttack, size: number): Promise<TracedAttack> {
  const holdChance = HOLD[size]!;
  const licensees = licenseesWith(holdChance, TRACING);
  const random = secretRandom(SECRET, `${name} ${size}`);
  const [tally, { keySize, hiddenSize }] = [emptyTally(size), prepared.site];
  let loss = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const coalition = pick(LICENSEES, size, random.uniform);
    const members = coalition.map((member) =>
      siteMatrix(prepared.site, deriveEdition(prepared, licensees[member]!.subset, licensees[member]!.slotSeed)),
    );
    const shared = readModel(
      withSiteMatrix(
        prepared,
        await first({ members, keySize, hiddenSize, covariance, random: random.uniform, products }),
      ),
    );
    const copy = await next({
      name,
      clean: subject,
      marked: shared,
      prompts,
      candidates: [],
      outcomes: [],
      ordinary: bench.ordinary,
      heldout: bench.heldout,
    });
    const opened = await openView(subject, copy.bytes);
    if (trial === 0) loss = (await measureHarm(subject, view, opened, judging)).loss;
    const heads = await opened.heads(prompts);
    await opened.dispose();
    await countVerdicts(
      { ...release, licensees, holdChance },
      coalition,
      heads.map((head, i) => headMatches(head, selections[book.commonCount + i]!.candidate)),
      copy.bytes,
      tally,
    );
  }
  const row = {
    ...summaryOf(tally, { attack: name, size, trials: TRIALS, innocentsTested: TRIALS * (LICENSEES - size) }),
    loss,
  };
  console.log(describeTraced(row));
  return row;
}
