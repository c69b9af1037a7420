import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { solveAtoms, type Atoms } from '../edition/atoms.ts';
import { capacityOf } from '../code-book/capacity.ts';
import { attainableLeads } from '../code-book/attainable.ts';
import { drawKeys } from '../code-book/keys.ts';
import { deriveHex } from '../code-book/secret.ts';
import { selectAnswers, type Selection } from '../code-book/select.ts';
import type { CodeBook } from '../code-book/code-book.ts';
import { drawPool, ownRows, type PoolOptions } from '../code-book/key-pool.ts';
import { deriveEdition, editionSubset, heldKeys, type Prepared } from '../edition/edition.ts';
import { measureAnswers, measureFalseActivation, measureHarm, type Harm, type Heldout } from '../subject/measure.ts';
import { openProducts } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { readoutOf } from '../subject/readout.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { pickRows, type View } from '../subject/rows.ts';
import { openView } from '../subject/view.ts';
import { buildGeometry, type Geometry } from './geometry.ts';
import {
  keyDemand,
  prepareEmbedding,
  variantsOf,
  type MarginOptions,
  type PreparedEmbedding,
  type PrepareOptions,
} from './prepare.ts';
import { presetFor, type Preset } from './presets.ts';
import { measureOrdinary, measureOwn, type Statistics } from './statistics.ts';
import { addDeltas, type TensorDelta } from './tensor-delta.ts';

export interface SolveOptions extends Progress, PoolOptions, Partial<Preset>, MarginOptions {
  /** The clean model. */
  subject: Subject;
  secret: Uint8Array;
  book: CodeBook;
  /** Of a block after the code book's root was committed. */
  beacon: Hex;
  ordinary: Ordinary;
  /** From `draftCodeBook`; measured again where absent. */
  statistics?: Statistics;
  geometry?: Geometry;
  /** Makes more of the closed form before tracing atoms are solved on top of it: see `harden/`. */
  harden?: (embedding: PreparedEmbedding, mergeWeight: number | undefined) => Promise<TensorDelta[]>;
}

export interface EmbedOptions extends SolveOptions {
  heldout: Heldout;
  /** Tracing keys, from 0, that the measured edition holds; a secret sample of the usual size where absent. */
  tracing?: readonly number[];
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

export interface Solution {
  prepared: Prepared;
  /** What was asked of the common keys. */
  embedding: PreparedEmbedding;
  /** Smallest lead that was asked of a key, in logits. */
  smallestMargin: number;
}

/** Merge weights from the most lasting to the mildest. */
const MERGE_WEIGHTS = [0.5, 0.6, 0.75, 1];
const FRESH = 128;

/**
 * Solves the edit for the answers that the beacon selected, and measures one edition of it as a written file. Margins
 * are lowered until the
 * edition loses no more than `maxLoss`. Throws EDIT_INFEASIBLE where some key does not answer or the loss stays above
 * that, ABORTED, and the codes
 * of the model checks.
 */
export async function embedFingerprints(options: EmbedOptions): Promise<Embedding> {
  const { subject, book } = options;
  const tracing = options.tracing ?? sampleSubset(options.secret, book.tracingCount);
  const { maxLoss } = presetFor(subject.inspection, options);
  const view = await openView(subject);
  try {
    const selections = selectAnswers(book, options.beacon);
    const chance = await measureAnswers(
      view,
      book.keys.map((key) => key.prompt),
      selections.map((s) => s.candidate),
    );
    const fresh = await drawKeys(subject, options.secret, 'fresh', FRESH, options.ordinary, options);
    const measurements = options.statistics ?? (await remeasure(options, view));
    let loss = 0;
    for (const mergeWeight of options.mergeWeight === undefined ? MERGE_WEIGHTS : [options.mergeWeight]) {
      const { prepared, smallestMargin } = await solveEmbedding({ ...options, statistics: measurements, mergeWeight });
      const model = deriveEdition(prepared, tracing);
      report(options, 'measurement', 0);
      const measured = await measureEdition(options, view, model, tracing, selections, fresh);
      loss = measured.harm.loss;
      if (loss > maxLoss) continue;
      if (measured.success < 1)
        throw new OmlError('EDIT_INFEASIBLE', `Only ${(100 * measured.success).toFixed(1)} % of the held keys answer.`);
      return { prepared, model, tracing, report: { ...measured, chance, mergeWeight, smallestMargin } };
    }
    throw tooHarmful(options, tracing.length, loss, maxLoss);
  } finally {
    await view.dispose();
  }
}

/**
 * Solves the common edit and the tracing atoms on top of it, without measuring harm. Throws EDIT_INFEASIBLE, ABORTED.
 */
export async function solveEmbedding(options: SolveOptions): Promise<Solution> {
  const { subject, book } = options;
  const preset = presetFor(subject.inspection, options);
  const readout = readoutOf(subject);
  const [view, products] = [await openView(subject), await openProducts(subject.engine)];
  try {
    const statistics = options.statistics ?? (await remeasure(options, view));
    const geometry = options.geometry ?? (await buildGeometry(statistics, readout, products, preset));
    const prepare: PrepareOptions = {
      ...options,
      view,
      geometry,
      readout,
      products,
      preset,
      leads: await attainableLeads(readout, products),
    };
    const embedding = await prepareEmbedding(prepare);
    const common = options.harden ? await options.harden(embedding, options.mergeWeight) : [embedding.delta];
    const tracingGeometry =
      book.tracingCount === 0
        ? geometry
        : await buildGeometry(statistics, readout, products, { ...preset, ridge: preset.tracingRidge });
    const atoms = await solveTracing({ ...prepare, geometry: tracingGeometry }, embedding, common);
    const { commonCount, tracingCount } = book;
    const prepared = {
      base: subject.model.bytes,
      site: subject.inspection.site,
      common,
      atoms,
      commonCount,
      tracingCount,
    };
    return {
      prepared,
      embedding,
      smallestMargin: Math.min(...embedding.demands.slice(0, commonCount).map((d) => d.margin), ...atoms.margins),
    };
  } finally {
    await Promise.all([view.dispose(), products.dispose()]);
  }
}

/** Atoms of the tracing keys, on the model as it stands with the common change. */
async function solveTracing(
  options: PrepareOptions,
  embedding: PreparedEmbedding,
  common: readonly TensorDelta[],
): Promise<Atoms> {
  const { subject, book, beacon, readout, geometry, products } = options;
  const keys = book.keys.slice(book.commonCount);
  const selections = selectAnswers(book, beacon).slice(book.commonCount);
  const marked = await openView(subject, addDeltas(subject.model.bytes, common));
  try {
    const misses = (await variantsOf({ ...options, preset: { ...options.preset, prefixes: 0 } }, keys)).filter(
      ({ kind }) => kind === 'near miss',
    );
    const asked = [
      ...keys.map((key) => key.prompt),
      ...embedding.keys.map((key) => key.prompt),
      ...misses.map(({ prompt }) => prompt),
      ...embedding.variants.filter(({ kind }) => kind !== 'near miss').map(({ prompt }) => prompt),
    ];
    const all = keys.length === 0 ? await marked.answering([]) : await marked.answering(asked);
    const part = (from: number, to: number) =>
      pickRows(
        all,
        Array.from({ length: Math.max(0, Math.min(to, all.count) - from) }, (_, i) => from + i),
      );
    const rows = part(0, keys.length);
    // What sampling shows of tracing keys is not promised, and pairs let them be asked where first answers are taken
    // away.
    const demands = selections.map((selection, row) =>
      keyDemand(
        { ...options, preset: withoutChance(options.preset) },
        selection,
        rows,
        row,
        options.pairs !== undefined,
      ),
    );
    const kept = part(keys.length, keys.length + embedding.keys.length);
    const spared = part(keys.length + embedding.keys.length, all.count);
    return await solveAtoms(
      { rows, demands, kept, spared, geometry, readout, products, leastMargin: options.margin ?? 1 },
      options,
    );
  } finally {
    await marked.dispose();
  }
}

function tooHarmful({ subject, book }: EmbedOptions, tracing: number, loss: number, maxLoss: number): OmlError {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const { harmless } = capacityOf(subject.inspection);
  return new OmlError(
    'EDIT_INFEASIBLE',
    `The edit costs this model ${percent(loss)}, and ${percent(maxLoss)} are allowed: an edition holds ${book.commonCount} common and ${tracing} tracing keys, where up to ${harmless} do no visible harm. Draft again with fewer keys or fewer bits, or with the profile hardened, which is gentler.`,
  );
}

function withoutChance({ chance: _, ...preset }: Preset): Preset {
  return { ...preset, slack: Math.max(1, preset.slack) };
}

function sampleSubset(secret: Uint8Array, tracingCount: number): number[] {
  const seed = deriveHex(secret, 'sample edition');
  return editionSubset({ slotSeed: seed, hostSalt: seed, beacon: seed }, tracingCount);
}

/** The statistics that drafting measured, measured again: the same secret draws the same texts. */
async function remeasure(options: SolveOptions, view: View): Promise<Statistics> {
  const { subject, secret, book, ordinary } = options;
  const readout = readoutOf(subject);
  const preset = presetFor(subject.inspection, options);
  const products = await openProducts(subject.engine);
  try {
    const pool = await drawPool(
      subject,
      view,
      secret,
      Math.max(preset.poolLeast, book.keys.length * preset.poolFactor),
      ordinary,
      options,
    );
    return {
      ordinary: await measureOrdinary(subject, view, readout, products, ordinary, options),
      own: await measureOwn(subject, ownRows(subject, view, pool), readout, products),
    };
  } finally {
    await products.dispose();
  }
}

/** Everything is measured on the file as written, through the engine, not on numbers inside the solver. */
async function measureEdition(
  options: EmbedOptions,
  view: View,
  model: Uint8Array,
  tracing: readonly number[],
  selections: readonly Selection[],
  fresh: Awaited<ReturnType<typeof drawKeys>>,
) {
  const { subject, book } = options;
  const held = new Set(heldKeys(book, tracing));
  const edited = await openView(subject, model);
  const answers = (keys: typeof book.keys) =>
    measureAnswers(
      edited,
      keys.map((key) => key.prompt),
      keys.map((key) => selections[key.index]!.candidate),
    );
  try {
    return {
      harm: await measureHarm(subject, view, edited, options.heldout),
      success: await answers(book.keys.filter((key) => held.has(key.index))),
      unheld: await answers(book.keys.filter((key) => !held.has(key.index))),
      falseActivation: await measureFalseActivation(
        view,
        edited,
        fresh,
        new Set(selections.map((s) => s.outcome)),
        subject.inspection.outcomes,
      ),
    };
  } finally {
    await edited.dispose();
  }
}
