import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { openPresence } from '../src/edition/atom-presence.ts';
import { editionSubset, slotSeed } from '../src/edition/edition.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import type { TrialSummary } from '../src/lab/collusion-verdicts.ts';
import { openKeyring } from '../src/lab/firing-keys.ts';
import { openProducts } from '../src/algebra/products.ts';
import { readoutOf } from '../src/subject/readout.ts';
import { openSubject } from '../src/subject/subject.ts';
import { openView } from '../src/subject/view.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { SECRET } from './marked.ts';
import type { Part } from './part.ts';

export const [COMMON, BITS, LICENSEES] = [16, 2, 50];
/** What the plan says for a coalition of so many (editions.md §6). */
export const HOLD: Record<number, number> = { 2: 0.35, 3: 0.5, 4: 0.5 };
const BEACON = deriveHex(SECRET, 'beacon');

/** A release of wiki2m6 with so many tracing keys, and everything that its tracer knows. */
export async function openTracingRelease(tracingCount: number) {
  const bench = subjects['wiki2m6']!();
  if (!bench) throw new Error('../shared/models/wiki2m6 is absent: this benchmark needs it.');
  const subject = openSubject(bench.files, nodeEngine());
  const [view, products, readout] = [await openView(subject), await openProducts(subject.engine), readoutOf(subject)];
  const { book, statistics } = await draftCodeBook({
    subject,
    secret: SECRET,
    commonCount: COMMON,
    tracingCount,
    bits: BITS,
    ordinary: bench.ordinary,
  });
  const { prepared } = await solveEmbedding({
    subject,
    secret: SECRET,
    book,
    beacon: BEACON,
    ordinary: bench.ordinary,
    statistics,
    mergeWeight: 0.5,
  });
  const selections = selectAnswers(book, BEACON);
  const keyring = await openKeyring(view, prepared, book, selections, readout);
  const { covariance } = statistics.ordinary;
  const presenceIn = await openPresence({ prepared, rows: keyring.rows, products, covariance });
  console.log(`${tracingCount} tracing keys prepared after ${performance.now().toFixed(0)} ms`);
  return {
    bench,
    subject,
    view,
    products,
    book,
    prepared,
    selections,
    keyring,
    covariance,
    presenceIn,
    dispose: () => Promise.all([view.dispose(), products.dispose()]),
  };
}

export function licenseesWith(holdChance: number, tracingCount: number) {
  return Array.from({ length: LICENSEES }, (_, slot) => {
    const seed = slotSeed(SECRET, slot);
    return {
      id: `license ${slot}`,
      slotSeed: seed,
      subset: editionSubset(
        { slotSeed: seed, hostSalt: deriveHex(SECRET, `host ${slot}`), beacon: BEACON },
        tracingCount,
        holdChance,
      ),
    };
  });
}

export interface TracedAttack extends TrialSummary {
  /** What the first copy lost against the clean model, relative perplexity. */
  loss: number;
}

export function tracedTable(title: string, rows: readonly TracedAttack[], note: string): Part['tables'][number] {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return {
    title,
    columns: [
      'attack',
      'named by answers (all)',
      'by atoms in the weights (all)',
      'by noise in the weights (all)',
      'innocents accused',
      'fires by 0, 1, … holders',
      'perplexity',
    ],
    rows: rows.map((r) => [
      r.attack,
      ...(['answers', 'atoms', 'noise'] as const).map(
        (channel) => `${percent(r.named[channel].some)} (${percent(r.named[channel].all)})`,
      ),
      `${r.innocentsAccused} of ${r.innocentsTested}`,
      r.firing.map(percent).join(', '),
      `${r.loss < 0 ? '' : '+'}${(100 * r.loss).toFixed(2)} %`,
    ]),
    note: `Named: at least one colluder, in brackets all of them. Perplexity: of the first copy, as a written file, against the clean model. ${note}`,
  };
}

export function describeTraced({
  size,
  attack,
  named,
  innocentsAccused,
  innocentsTested,
  firing,
  loss,
}: TracedAttack): string {
  const channels = Object.entries(named).map(([channel, { some, all }]) => `${channel} ${some} (${all})`);
  return `${size} ${attack}: ${channels.join(', ')}, innocents ${innocentsAccused}/${innocentsTested}, fires ${firing.map((share) => share.toFixed(2))}, loss ${loss.toFixed(4)}`;
}
