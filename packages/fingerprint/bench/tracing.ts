/** Colluders against the tracer on real editions of wiki2m6: `node packages/fingerprint/bench/tracing.ts [trials per attack] [coalition sizes]`. */
import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { deriveEdition, editionSubset, slotSeed } from '../src/edition/edition.ts';
import { writePrepared } from '../src/edition/prepared-file.ts';
import { traceCopy, type Licensee } from '../src/edition/trace.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import { COLLUSION_ATTACKS } from '../src/lab/collusion-attacks.ts';
import { runTrials, type TrialSummary } from '../src/lab/collusion-trials.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openProducts } from '../src/subject/products.ts';
import { readoutOf } from '../src/subject/readout.ts';
import { openSubject } from '../src/subject/subject.ts';
import { openView } from '../src/subject/view.ts';
import { seededRandom } from '@oml/onnx/seeded-random';
import { subjects } from '../test-support/bench-subjects.ts';
import { writePart, type Figure, type Part } from './part.ts';

const [TRIALS, SIZES] = [Number(process.argv[2] ?? 8), (process.argv[3] ?? '2,3,4').split(',').map(Number)];
const [COMMON, TRACING, BITS, LICENSEES] = [16, 256, 2, 50];
const INNOCENTS = 100_000;
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
const rows = await view.answering(book.keys.map((key) => key.prompt));
const outcomes = selectAnswers(book, BEACON).map(({ outcome }) => outcome);

const figures: Figure[] = [];
const tables: Part['tables'] = [];
const figure = (metric: string, value: number, unit: string, target: string, anchor: string): void => void figures.push({ metric, value, unit, target, anchor, command });

for (const size of SIZES) {
  const holdChance = HOLD[size]!;
  const licensees = licenseesWith(holdChance);
  const summaries: TrialSummary[] = [];
  for (const attack of COLLUSION_ATTACKS.filter(({ least }) => least <= size)) {
    const summary = await runTrials({ prepared, rows, outcomes, readout, covariance: statistics.ordinary.covariance, licensees, holdChance, products, attack, size, trials: TRIALS, seed: SECRET });
    console.log(size, summary.attack, `named ${summary.named}, all ${summary.allNamed}, innocents ${summary.innocentsAccused}/${summary.innocentsTested}, fires ${summary.firing.map((share) => share.toFixed(2))}`);
    summaries.push(summary);
  }
  const named = Math.min(...summaries.map((summary) => summary.named));
  if (size < 4) figure(`trace.k${size}`, named, 'fraction', 'at least .99 named under every attack', 'editions.md §2');
  tables.push(tableOf(size, holdChance, summaries));
}
figure('trace.innocentAccused', innocentsAccused(), 'count', 'none in 1e5', 'exact tails, family-wise 1e-3');
await measureEditions();
writePart({ name: 'tracing', figures, tables });
await Promise.all([view.dispose(), products.dispose()]);

function licenseesWith(holdChance: number): Licensee[] {
  return Array.from({ length: LICENSEES }, (_, slot) => ({
    id: `license ${slot}`,
    subset: editionSubset({ slotSeed: slotSeed(SECRET, slot), hostSalt: deriveHex(SECRET, `host ${slot}`), beacon: BEACON }, TRACING, holdChance),
  }));
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

function tableOf(size: number, holdChance: number, summaries: readonly TrialSummary[]): Part['tables'][number] {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return {
    title: `${size} colluders, ${TRACING} tracing keys, p = ${holdChance}, ${TRIALS} trials per attack`,
    columns: ['attack', 'at least one named', 'all named', 'innocents accused', 'fires by 0, 1, … holders'],
    rows: summaries.map((s) => [s.attack, percent(s.named), percent(s.allNamed), `${s.innocentsAccused} of ${s.innocentsTested}`, s.firing.map(percent).join(', ')]),
    ...(size >= 4 ? { note: 'Four knowing colluders are beyond what the plan promises; told as it is.' } : {}),
  };
}

async function measureEditions(): Promise<void> {
  const licensees = licenseesWith(HOLD[2]!);
  writePrepared(prepared);
  const seconds = licensees.slice(0, 21).map(({ subset }) => {
    const started = performance.now();
    deriveEdition(prepared, subset);
    return (performance.now() - started) / 1000;
  });
  const median = seconds.sort((a, b) => a - b)[10]!;
  figure('edition.seconds', median, 's', 'at most .05', 'from a prepared base, median of 21, file in memory');
  const edition = await openView(subject, deriveEdition(prepared, licensees[0]!.subset));
  const harm = await measureHarm(subject, view, edition, bench!.heldout);
  await edition.dispose();
  tables.push({ title: `One edition: ${COMMON} common and ${licensees[0]!.subset.length} of ${TRACING} tracing keys of ${BITS} bits`, columns: ['perplexity', 'KL', 'agreement', 'seconds'], rows: [[`+${(100 * harm.loss).toFixed(2)} %`, harm.kl.toFixed(4), `${(100 * harm.agreement).toFixed(1)} %`, median.toFixed(3)]] });
}
