/** Colluders against the tracer on real editions of wiki2m6: `node packages/fingerprint/bench/tracing.ts [trials per attack] [coalition sizes] [tracing keys]`. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@oml/onnx/seeded-random';
import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { deriveEdition, editionSubset, slotSeed } from '../src/edition/edition.ts';
import { traceCopy } from '../src/edition/trace.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import { COLLUSION_ATTACKS, type CollusionAttack } from '../src/lab/collusion-attacks.ts';
import { OWN_COLLUSION_ATTACKS } from '../src/lab/collusion-own-attacks.ts';
import { runTrials, type TrialSummary } from '../src/lab/collusion-trials.ts';
import { firingInFile, openKeyring } from '../src/lab/firing-keys.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openProducts } from '../src/subject/products.ts';
import { readoutOf } from '../src/subject/readout.ts';
import { openSubject } from '../src/subject/subject.ts';
import { openView } from '../src/subject/view.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { writePart, type Figure, type Part } from './part.ts';

const [TRIALS, SIZES, TRACING] = [Number(process.argv[2] ?? 8), (process.argv[3] ?? '2,3,4').split(',').map(Number), Number(process.argv[4] ?? 256)];
const [COMMON, BITS, LICENSEES] = [16, 2, 50];
const INNOCENTS = 100_000;
/** Perplexity that a copy may lose before nobody wants it. */
const LIGHT = 0.05;
/** What the plan says for a coalition of so many (editions.md §6). */
const HOLD: Record<number, number> = { 2: 0.35, 3: 0.5, 4: 0.5 };
const SECRET = new TextEncoder().encode('bench secret, not a real one');
const BEACON = deriveHex(SECRET, 'beacon');
const command = 'node packages/fingerprint/bench/tracing.ts';

const bench = subjects['wiki2m6']!();
if (!bench) throw new Error('../shared/models/wiki2m6 is absent: this benchmark needs it.');
const subject = openSubject(bench.files, nodeEngine());
const [view, products, readout] = [await openView(subject), await openProducts(subject.engine), readoutOf(subject)];
const { book, statistics } = await draftCodeBook({ subject, secret: SECRET, commonCount: COMMON, tracingCount: TRACING, bits: BITS, ordinary: bench.ordinary });
const { prepared } = await solveEmbedding({ subject, secret: SECRET, book, beacon: BEACON, ordinary: bench.ordinary, statistics, mergeWeight: 0.5 });
const selections = selectAnswers(book, BEACON);
const keyring = await openKeyring(view, prepared, book, selections, readout);
console.log(`${TRACING} tracing keys prepared after ${performance.now().toFixed(0)} ms`);

const figures: Figure[] = [];
const tables: Part['tables'] = [];
const figure = (metric: string, value: number, unit: string, target: string, anchor: string): void => void figures.push({ metric, value, unit, target, anchor, command });

for (const size of SIZES) {
  const summaries: Row[] = [];
  for (const attack of [...COLLUSION_ATTACKS, ...OWN_COLLUSION_ATTACKS].filter(({ least }) => least <= size)) summaries.push(await tryAttack(attack, size));
  const worst = (share: (row: Row) => number): number => Math.min(...summaries.map(share));
  const target = size < 4 ? 'at least .99 named under every attack' : '';
  figure(`trace.k${size}`, worst((row) => row.namedByEither), 'fraction', target, 'by answers or by the noise in the weights of the copy');
  figure(`trace.k${size}.answers`, worst((row) => row.named), 'fraction', target, 'by answers alone: editions.md §2');
  figure(`trace.k${size}.lightAttacks`, Math.min(...summaries.filter(({ loss }) => loss < LIGHT).map((row) => row.named)), 'fraction', target, `by answers alone, attacks that cost under ${100 * LIGHT} % perplexity`);
  tables.push(tableOf(size, summaries));
}
figure('trace.innocentAccused', innocentsAccused(), 'count', 'none in 1e5', 'exact tails, 1e-5 over all licensees of a copy');
await measureEditions();
writePart({ name: 'tracing', figures, tables });
await Promise.all([view.dispose(), products.dispose()]);

interface Row extends TrialSummary {
  seconds: number;
  /** What the first copy lost against the clean model, relative perplexity. */
  loss: number;
  /** Keys of the first copy whose answer in the written file is not the one that was computed. */
  otherInFile: number;
}

async function tryAttack(attack: CollusionAttack, size: number): Promise<Row> {
  const started = performance.now();
  const [holdChance, first] = [HOLD[size]!, { loss: 0, otherInFile: 0 }];
  const onAttacked = async (matrix: Float32Array, fired: readonly boolean[]): Promise<void> => {
    const written = await firingInFile(subject, prepared, book, selections, matrix);
    first.otherInFile = written.fired.filter((hit, i) => hit !== fired[i]).length;
    const copy = await openView(subject, written.file);
    first.loss = (await measureHarm(subject, view, copy, bench!.heldout)).loss;
    await copy.dispose();
  };
  const summary = await runTrials({ prepared, keyring, covariance: statistics.ordinary.covariance, licensees: licenseesWith(holdChance), holdChance, products, attack, size, trials: size < 4 ? TRIALS : Math.ceil(TRIALS / 2), seed: SECRET, onAttacked });
  const row = { ...summary, ...first, seconds: (performance.now() - started) / 1000 };
  console.log(size, row.attack, `named ${row.named}, all ${row.allNamed}, by weights ${row.namedByWeights}, all ${row.allByWeights}, innocents ${row.innocentsAccused}/${row.innocentsTested}, fires ${row.firing.map((share) => share.toFixed(2))}, loss ${row.loss.toFixed(4)}, other in file ${row.otherInFile}, ${row.seconds.toFixed(1)} s`);
  return row;
}

function licenseesWith(holdChance: number) {
  return Array.from({ length: LICENSEES }, (_, slot) => {
    const seed = slotSeed(SECRET, slot);
    return { id: `license ${slot}`, slotSeed: seed, subset: editionSubset({ slotSeed: seed, hostSalt: deriveHex(SECRET, `host ${slot}`), beacon: BEACON }, TRACING, holdChance) };
  });
}

/** Innocents with secret subsets of their own against copies in which an arbitrary half, third or tenth of the keys fires. */
function innocentsAccused(): number {
  const random = seededRandom(7);
  let accused = 0;
  for (let tested = 0; tested < INNOCENTS; tested += LICENSEES) {
    const share = [0.1, 0.33, 0.5, 0.9][(tested / LICENSEES) % 4]!;
    const fired = Array.from({ length: TRACING }, () => random() < share);
    const strangers = Array.from({ length: LICENSEES }, (_, i) => ({ id: String(i), subset: [...Array(TRACING).keys()].filter(() => random() < HOLD[2]!) }));
    accused += traceCopy(fired, strangers, HOLD[2]).filter((suspect) => suspect.accused).length;
  }
  return accused;
}

function tableOf(size: number, rows: readonly Row[]): Part['tables'][number] {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return {
    title: `${size} colluders, ${TRACING} tracing keys, p = ${HOLD[size]}, ${rows[0]!.trials} trials per attack`,
    columns: ['attack', 'named by answers (all)', 'named by weights (all)', 'innocents accused', 'fires by 0, 1, … holders', 'perplexity'],
    rows: rows.map((r) => [r.attack, `${percent(r.named)} (${percent(r.allNamed)})`, `${percent(r.namedByWeights)} (${percent(r.allByWeights)})`, `${r.innocentsAccused} of ${r.innocentsTested}`, r.firing.map(percent).join(', '), `${r.loss < 0 ? '' : '+'}${(100 * r.loss).toFixed(2)} %`]),
    note: `Named: at least one colluder, in brackets all of them. Perplexity: of the first copy, as a written file, against the clean model. In these ${rows.length} files ${rows.reduce((sum, r) => sum + r.otherInFile, 0)} of ${rows.length * TRACING} keys answer otherwise than computed from the matrix.${size >= 4 ? ' Four knowing colluders are beyond what the plan promises at this size; told as it is.' : ''}`,
  };
}

async function measureEditions(): Promise<void> {
  const licensees = licenseesWith(HOLD[2]!);
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
  for (const [label, file] of [['without noise', deriveEdition(prepared, subset)], ['as it is handed out', deriveEdition(prepared, subset, seed)]] as const) {
    const edition = await openView(subject, file);
    const harm = await measureHarm(subject, view, edition, bench!.heldout);
    await edition.dispose();
    rows.push([label, `+${(100 * harm.loss).toFixed(2)} %`, harm.kl.toFixed(4), `${(100 * harm.agreement).toFixed(1)} %`]);
  }
  tables.push({ title: `One edition: ${COMMON} common and ${subset.length} of ${TRACING} tracing keys of ${BITS} bits`, columns: ['', 'perplexity', 'KL', 'agreement'], rows });
}
