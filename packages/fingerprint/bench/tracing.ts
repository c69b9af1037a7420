/**
 * Colluders against the tracer on real editions of wiki2m6: `node packages/fingerprint/bench/tracing.ts [trials per
 * attack] [coalition sizes] [tracing keys]`.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@oml/onnx/seeded-random';
import { deriveEdition } from '../src/edition/edition.ts';
import { gradedTail, gradeEvidence } from '../src/edition/graded-tail.ts';
import { ACCUSATION_LEVEL, traceCopy } from '../src/edition/trace.ts';
import { COLLUSION_ATTACKS, type CollusionAttack } from '../src/lab/collusion-attacks.ts';
import { OWN_COLLUSION_ATTACKS } from '../src/lab/collusion-own-attacks.ts';
import { runTrials } from '../src/lab/collusion-trials.ts';
import { firingInFile } from '../src/lab/firing-keys.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openView } from '../src/subject/view.ts';
import { SECRET } from './marked.ts';
import { writePart, type Figure, type Part } from './part.ts';
import {
  BITS,
  COMMON,
  describeTraced,
  HOLD,
  LICENSEES,
  licenseesWith,
  openTracingRelease,
  tracedTable,
  type TracedAttack,
} from './tracing-release.ts';

const [TRIALS, SIZES, TRACING] = [
  Number(process.argv[2] ?? 8),
  (process.argv[3] ?? '2,3,4').split(',').map(Number),
  Number(process.argv[4] ?? 256),
];
const INNOCENTS = 100_000;
/** Perplexity that a copy may lose before nobody wants it. */
const LIGHT = 0.05;
const command = 'node packages/fingerprint/bench/tracing.ts';

const release = await openTracingRelease(TRACING);
const { bench, subject, view, book, prepared, selections } = release;
const figures: Figure[] = [];
const tables: Part['tables'] = [];
const figure = (metric: string, value: number, unit: string, target: string, anchor: string): void =>
  void figures.push({ metric, value, unit, target, anchor, command });
/** How much of each atom was found in attacked copies, with the chance of holding a key. */
const presences: { presence: number[]; holdChance: number }[] = [];

for (const size of SIZES) {
  const rows: Row[] = [];
  for (const attack of [...COLLUSION_ATTACKS, ...OWN_COLLUSION_ATTACKS].filter(({ least }) => least <= size))
    rows.push(await tryAttack(attack, size));
  const worst = (share: (row: Row) => number): number => Math.min(...rows.map(share));
  const target = size < 4 ? 'at least .99 named under every attack' : '';
  figure(
    `trace.k${size}`,
    worst((row) => row.namedByAny),
    'fraction',
    target,
    'by answers, or by atoms or noise in the weights of the copy',
  );
  figure(
    `trace.k${size}.atoms`,
    worst((row) => row.named.atoms.some),
    'fraction',
    target,
    'by atoms in the weights alone',
  );
  figure(
    `trace.k${size}.answers`,
    worst((row) => row.named.answers.some),
    'fraction',
    target,
    'by answers alone: editions.md §2',
  );
  figure(
    `trace.k${size}.lightAttacks`,
    Math.min(...rows.filter(({ loss }) => loss < LIGHT).map((row) => row.named.answers.some)),
    'fraction',
    target,
    `by answers alone, attacks that cost under ${100 * LIGHT} % perplexity`,
  );
  const [others, asked] = [rows.reduce((sum, row) => sum + row.otherInFile, 0), rows.length * TRACING];
  const note = `In these ${rows.length} files ${others} of ${asked} keys answer otherwise than computed from the matrix.${size >= 4 ? ' Four knowing colluders are beyond what the plan promises at this size; told as it is.' : ''}`;
  tables.push(
    tracedTable(
      `${size} colluders, ${TRACING} tracing keys, p = ${HOLD[size]}, ${rows[0]!.trials} trials per attack`,
      rows,
      note,
    ),
  );
}
figure(
  'trace.innocentAccused',
  innocentsByAnswers() + innocentsByAtoms(),
  'count',
  'none in 1e5',
  'exact tails, 1e-5 over all licensees of a copy; 1e5 by answers and 1e5 by atoms',
);
await measureEditions();
writePart({ name: 'tracing', figures, tables });
await release.dispose();

interface Row extends TracedAttack {
  /** Keys of the first copy whose answer in the written file is not the one that was computed. */
  otherInFile: number;
}

async function tryAttack(attack: CollusionAttack, size: number): Promise<Row> {
  const [holdChance, first] = [HOLD[size]!, { loss: 0, otherInFile: 0 }];
  const onAttacked = async (matrix: Float32Array, fired: readonly boolean[]): Promise<void> => {
    const written = await firingInFile(subject, prepared, book, selections, matrix);
    first.otherInFile = written.fired.filter((hit, i) => hit !== fired[i]).length;
    const copy = await openView(subject, written.file);
    first.loss = (await measureHarm(subject, view, copy, bench!.heldout)).loss;
    await copy.dispose();
  };
  const summary = await runTrials({
    ...release,
    licensees: licenseesWith(holdChance, TRACING),
    holdChance,
    attack,
    size,
    trials: size < 4 ? TRIALS : Math.ceil(TRIALS / 2),
    seed: SECRET,
    onAttacked,
  });
  presences.push(...summary.presences.map((presence) => ({ presence, holdChance })));
  const row = { ...summary, ...first };
  console.log(describeTraced(row));
  return row;
}

/**
 * Innocents with secret subsets of their own against copies in which an arbitrary half, third or tenth of the keys
 * fires.
 */
function innocentsByAnswers(): number {
  const random = seededRandom(7);
  let accused = 0;
  for (let tested = 0; tested < INNOCENTS; tested += LICENSEES) {
    const share = [0.1, 0.33, 0.5, 0.9][(tested / LICENSEES) % 4]!;
    const fired = Array.from({ length: TRACING }, () => random() < share);
    const strangers = Array.from({ length: LICENSEES }, (_, i) => ({
      id: String(i),
      subset: [...Array(TRACING).keys()].filter(() => random() < HOLD[2]!),
    }));
    accused += traceCopy(fired, strangers, HOLD[2]).filter((suspect) => suspect.accused).length;
  }
  return accused;
}

/** As many innocents against the copies that the attacks above really made. */
function innocentsByAtoms(): number {
  const random = seededRandom(8);
  let accused = 0;
  for (const { presence, holdChance } of presences) {
    const grades = gradeEvidence(presence);
    const tail = gradedTail(grades, holdChance);
    for (let i = 0; i < INNOCENTS / presences.length; i++)
      accused += Number(
        tail(grades.reduce((sum, grade) => (random() < holdChance ? sum + grade : sum), 0)) * LICENSEES <=
          ACCUSATION_LEVEL,
      );
  }
  return accused;
}

async function measureEditions(): Promise<void> {
  const licensees = licenseesWith(HOLD[2]!, TRACING);
  const timed = (work: (licensee: (typeof licensees)[number]) => void): number => {
    const seconds = licensees.slice(0, 21).map((licensee) => {
      const started = performance.now();
      work(licensee);
      return (performance.now() - started) / 1000;
    });
    return seconds.sort((a, b) => a - b)[10]!;
  };
  const path = join(tmpdir(), `oml-edition-${process.pid}.onnx`);
  const derived = timed(({ subset, slotSeed: seed }) => deriveEdition(prepared, subset, seed));
  const written = timed(({ subset, slotSeed: seed }) => writeFileSync(path, deriveEdition(prepared, subset, seed)));
  figure('edition.seconds', derived, 's', 'at most .05', 'from a prepared base, median of 21, file in memory');
  figure('edition.writtenSeconds', written, 's', 'at most .5', 'the same, file written');
  const [{ subset, slotSeed: seed }] = [licensees[0]!];
  const rows = [];
  for (const [label, file] of [
    ['without noise', deriveEdition(prepared, subset)],
    ['as it is handed out', deriveEdition(prepared, subset, seed)],
  ] as const) {
    const edition = await openView(subject, file);
    const harm = await measureHarm(subject, view, edition, bench!.heldout);
    await edition.dispose();
    rows.push([
      label,
      `+${(100 * harm.loss).toFixed(2)} %`,
      harm.kl.toFixed(4),
      `${(100 * harm.agreement).toFixed(1)} %`,
    ]);
  }
  tables.push({
    title: `One edition: ${COMMON} common and ${subset.length} of ${TRACING} tracing keys of ${BITS} bits`,
    columns: ['', 'perplexity', 'KL', 'agreement'],
    rows,
  });
}
