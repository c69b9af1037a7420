import { OmlError } from '@oml/protocol/error';
import { attainableLeads } from './attainable.ts';
import { drawCandidates, outcomeHeads, type Candidate } from './candidates.ts';
import { chooseKeys } from './choose-keys.ts';
import { rootOf, type CodeBook, type CodeBookKey } from './code-book.ts';
import { measureControls, type Control } from './controls.ts';
import { buildGeometry } from '../embed/geometry.ts';
import { drawKeys, type KeyOptions } from './keys.ts';
import { presetFor, type Preset } from '../embed/presets.ts';
import { openProducts } from '../subject/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { keyHashOf, type Prompt } from '../subject/prompt.ts';
import { readoutOf } from '../subject/readout.ts';
import { deriveHex, secretRandom, shuffle } from './secret.ts';
import { measureStatistics, secondMoment, type Statistics } from '../embed/statistics.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';

export interface DraftOptions extends Progress, KeyOptions, Partial<Preset> {
  subject: Subject;
  /** At least 16 bytes; the same secret drafts the same code book. */
  secret: Uint8Array;
  commonCount: number;
  tracingCount: number;
  /** 2^bits candidate answers per key; 1 to 6. */
  bits: number;
  ordinary: Ordinary;
  /** Clean models that measure the chance rate. */
  panel?: readonly Control[];
}

export interface Draft {
  book: CodeBook;
  /** Worth handing to `embedFingerprints`, which would measure them again. */
  statistics: Statistics;
}

/** Logits that an answer must be able to lead by: the plain margin and something to spare. */
const ATTAINABLE = 3;

/** Draws keys and candidate answers, and commits to them by a root. Throws CODE_BOOK_TOO_SMALL where the model cannot supply so many. */
export async function draftCodeBook(options: DraftOptions): Promise<Draft> {
  const { subject, secret, bits, commonCount, tracingCount } = options;
  const count = commonCount + tracingCount;
  if (bits < 1 || bits > 6 || commonCount < 1) throw new OmlError('CODE_BOOK_INVALID', 'A code book needs 1 to 6 bits and at least one common key.');
  const preset = presetFor(subject.inspection, count, options);
  const readout = readoutOf(subject);
  const [view, products] = [await openView(subject), await openProducts(subject.engine)];
  try {
    const ordinary = await measureStatistics(subject, view, readout, products, options.ordinary, options);
    const pool = await drawKeys(subject, secret, 'keys', count * preset.poolFactor, options.ordinary, options);
    const rows = await view.answering(pool);
    report(options, 'choice', 0);
    const statistics = { ...ordinary, decoys: await secondMoment(rows, subject.inspection.site.keySize, products) };
    const leads = await attainableLeads(readout, products);
    const all = outcomeHeads(subject);
    const heads = all.map((head, outcome) => (leads[outcome]! >= ATTAINABLE ? head : undefined));
    const candidates = pool.map((_, i) => drawCandidates(rows.scores.subarray(i * readout.outcomes, (i + 1) * readout.outcomes), heads, all, bits));
    const geometry = await buildGeometry(statistics, readout, products, preset);
    const chosen = await chooseKeys(rows, candidates, geometry, readout, products, count);
    if (chosen.length < count) throw tooSmall(chosen.length, count, bits);
    // Damage must not tell which key is common and which traces.
    const order = shuffle(chosen, secretRandom(secret, 'order'));
    const keys = order.map((row, index) => makeKey(secret, index, pool[row]!, candidates[row]!));
    report(options, 'controls', 0);
    const controls = await measureControls(options.panel ?? [], keys, bits);
    const body = { version: 1 as const, kind: subject.inspection.kind, bits, commonCount, tracingCount, keys, controls };
    return { book: { ...body, root: rootOf(body) }, statistics };
  } finally {
    await Promise.all([view.dispose(), products.dispose()]);
  }
}

function makeKey(secret: Uint8Array, index: number, prompt: Prompt, candidates: readonly Candidate[]): CodeBookKey {
  const keyHash = keyHashOf(prompt);
  const [heads, outcomes] = [candidates.map((c) => c.head), candidates.map((c) => c.outcome)];
  return { index, prompt, keyHash, candidates: heads, outcomes, salt: deriveHex(secret, `salt ${keyHash}`) };
}

function tooSmall(found: number, wanted: number, bits: number): OmlError {
  return new OmlError('CODE_BOOK_TOO_SMALL', `Only ${found} of ${wanted} keys with ${2 ** bits} candidate answers were found in this model.`, { details: { found, wanted, bits } });
}
