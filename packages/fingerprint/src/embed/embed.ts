import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { solveAtoms } from '../edition/atoms.ts';
import type { CodeBook } from '../code-book/code-book.ts';
import { deriveEdition, editionSubset, heldKeys, type Prepared } from '../edition/edition.ts';
import { buildGeometry, type Geometry } from './geometry.ts';
import { drawKeys, type KeyOptions } from '../code-book/keys.ts';
import { measureAnswers, measureFalseActivation, measureHarm, type Harm, type Heldout } from '../subject/measure.ts';
import { presetFor, type Preset } from './presets.ts';
import { openProducts, type Products } from '../subject/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { readoutOf, type Readout } from '../subject/readout.ts';
import { deriveHex } from '../code-book/secret.ts';
import { selectAnswers, type Selection } from '../code-book/select.ts';
import type { MarginOptions } from './solver.ts';
import { measureStatistics, secondMoment, type Statistics } from './statistics.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { openView, type Rows, type View } from '../subject/view.ts';

export interface EmbedOptions extends Progress, KeyOptions, Partial<Preset>, Omit<MarginOptions, 'mergeWeight'> {
  /** The clean model. */
  subject: Subject;
  secret: Uint8Array;
  book: CodeBook;
  /** Of a block after the code book's root was committed. */
  beacon: Hex;
  ordinary: Ordinary;
  heldout: Heldout;
  /** Tracing keys, from 0, that the measured edition holds; a secret sample of the usual size where absent. */
  tracing?: readonly number[];
  /** From `draftCodeBook`; measured again where absent. */
  statistics?: Statistics;
}

export interface EmbedReport {
  harm: Harm;
  /** Share of held keys whose greedy answer starts with the selected candidate. */
  success: number;
  /** The same for tracing keys that the edition does not hold. */
  unheld: number;
  /** The same for the original model and all keys: its chance rate, at most about 2^-bits. */
  chance: number;
  /** Share of fresh prompts like the keys that newly answer some fingerprint's answer. */
  falseActivation: number;
  /** Answers survive averaging with the clean model down to this weight; 1 = not asked for. */
  mergeWeight: number;
  /** Smallest lead of an answer, in logits. */
  smallestMargin: number;
}

export interface Embedding {
  prepared: Prepared;
  /** File of the measured edition: common keys and `tracing`. */
  model: Uint8Array;
  tracing: readonly number[];
  report: EmbedReport;
}

/** Merge weights from the most lasting to the mildest. */
const MERGE_WEIGHTS = [0.5, 0.6, 0.75, 1];
const DECOYS = 512;
const FRESH = 128;

/**
 * Solves the atoms of a whole code book for the answers that the beacon selected, and measures one edition of it as a written file.
 * Margins are lowered until the edition loses no more than `maxLoss`. Throws
 * EDIT_INFEASIBLE where some key does not answer or the loss stays above that, ABORTED, and the codes of the model checks.
 */
export async function embedFingerprints(options: EmbedOptions): Promise<Embedding> {
  const { subject, book } = options;
  const tracing = options.tracing ?? sampleSubset(options.secret, book.tracingCount);
  const preset = presetFor(subject.inspection, book.keys.length, options);
  const readout = readoutOf(subject);
  const selections = selectAnswers(book, options.beacon);
  const [view, products] = [await openView(subject), await openProducts(subject.engine)];
  try {
    const statistics = options.statistics ?? (await remeasure(options, view, readout, products));
    const geometry = await buildGeometry(statistics, readout, products, preset);
    const rows = await view.answering(book.keys.map((key) => key.prompt));
    const chance = await measureAnswers(view, book.keys.map((key) => key.prompt), selections.map((s) => s.candidate));
    const fresh = await drawKeys(subject, options.secret, 'fresh', FRESH, options.ordinary, options);
    for (const mergeWeight of MERGE_WEIGHTS) {
      const prepared = prepare(options, selections, rows, geometry, readout, mergeWeight);
      const model = deriveEdition(prepared, tracing);
      report(options, 'measurement', 0);
      const measured = await measureEdition(options, view, model, tracing, selections, fresh);
      if (measured.harm.loss > preset.maxLoss) continue;
      if (measured.success < 1) throw new OmlError('EDIT_INFEASIBLE', `Only ${(100 * measured.success).toFixed(1)} % of the held keys answer.`);
      return { prepared, model, tracing, report: { ...measured, chance, mergeWeight, smallestMargin: Math.min(...prepared.atoms.margins) } };
    }
    throw new OmlError('EDIT_INFEASIBLE', 'The edit harms this model more than allowed, even with the plain margin. Use fewer keys or fewer bits.');
  } finally {
    await Promise.all([view.dispose(), products.dispose()]);
  }
}

function sampleSubset(secret: Uint8Array, tracingCount: number): number[] {
  const seed = deriveHex(secret, 'sample edition');
  return editionSubset({ slotSeed: seed, hostSalt: seed, beacon: seed }, tracingCount);
}

async function remeasure(options: EmbedOptions, view: View, readout: Readout, products: Products): Promise<Statistics> {
  const { subject, secret, ordinary } = options;
  const statistics = await measureStatistics(subject, view, readout, products, ordinary, options);
  const decoys = await view.answering(await drawKeys(subject, secret, 'decoys', DECOYS, ordinary, options));
  return { ...statistics, decoys: await secondMoment(decoys, subject.inspection.site.keySize, products) };
}

function prepare(options: EmbedOptions, selections: readonly Selection[], rows: Rows, geometry: Geometry, readout: Readout, mergeWeight: number): Prepared {
  const { subject, book } = options;
  const targets = selections.map((selection) => selection.outcome);
  const atoms = solveAtoms(rows, targets, geometry, readout, { ...options, mergeWeight });
  return { base: subject.model.bytes, site: subject.inspection.site, atoms, commonCount: book.commonCount, tracingCount: book.tracingCount };
}

/** Everything is measured on the file as written, through the engine, not on numbers inside the solver. */
async function measureEdition(options: EmbedOptions, view: View, model: Uint8Array, tracing: readonly number[], selections: readonly Selection[], fresh: Awaited<ReturnType<typeof drawKeys>>) {
  const { subject, book } = options;
  const held = new Set(heldKeys(book, tracing));
  const edited = await openView(subject, model);
  const answers = (keys: typeof book.keys) => measureAnswers(edited, keys.map((key) => key.prompt), keys.map((key) => selections[key.index]!.candidate));
  try {
    return {
      harm: await measureHarm(subject, view, edited, options.heldout),
      success: await answers(book.keys.filter((key) => held.has(key.index))),
      unheld: await answers(book.keys.filter((key) => !held.has(key.index))),
      falseActivation: await measureFalseActivation(view, edited, fresh, new Set(selections.map((s) => s.outcome)), subject.inspection.outcomes),
    };
  } finally {
    await edited.dispose();
  }
}
