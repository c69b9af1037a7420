import { patchTensor, readStored, type Patch } from '@oml/onnx/file/patch';
import type { StoredModel } from '@oml/onnx/file/stored-model';
import { inspectModel } from '@oml/onnx/inspect';
import type { Inspection } from '@oml/onnx/inspection';
import { openBlocks } from '@oml/onnx/run/blocks';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf, type Engine } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';
import { openProducts, type Products } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Demand } from './demand.ts';
import { invertSymmetric, transpose, withRidge } from '../algebra/linear-algebra.ts';
import { solveMaxMargin } from './max-margin.ts';
import { sampledCovariance } from '../algebra/sampled-covariance.ts';
import { fisherOf, openHead, readoutOfSome, scoresOf, type StoredHead } from './stored-head.ts';
import { asStored } from './tensor-delta.ts';

export interface EmbedStoredOptions extends Progress {
  /** A language model that stays in its files. */
  model: StoredModel;
  engine: Engine;
  /** Token ids of each key, all of one length. */
  keys: readonly (readonly number[])[];
  /** Ordinary sequences of one length: their positions say what must not be disturbed. Hundreds of positions serve. */
  ordinary: readonly (readonly number[])[];
  /** Picks the answer of a key out of its outcomes, likeliest first. */
  answerOf: (key: number, ranked: readonly number[]) => number;
  /** Logits that answers lead by. */
  margin?: number;
  ridge?: number;
}

export interface StoredEdit {
  inspection: Inspection;
  /** What is to be written, and where. */
  patch: Patch;
  /** The answer of each key. */
  outcomes: number[];
}

const [MARGIN, LEAST_MARGIN, RIDGE, FISHER_RIDGE] = [3, 1, 0.3, 0.1];
/** Outcomes that a key is solved against at first, and at most added to them where they turn out to be in the way. */
const [RIVALS, MORE_RIVALS] = [64, 16];
/** Outcomes that `answerOf` is shown. */
const RANKED = 256;
const ROUNDS = 6;

/**
 * Closed-form fingerprints for models that do not fit into memory: runs them block by block, keeps the key covariance
 * as its samples, solves against
 * some rivals per key and adds those that are found in the way. Throws EDIT_INFEASIBLE, ABORTED, and the codes of
 * `inspectModel`.
 */
export async function embedStored(options: EmbedStoredOptions): Promise<StoredEdit> {
  const { model, engine, keys, ordinary, ridge = RIDGE } = options;
  const inspection = inspectModel(model);
  if (inspection.kind !== 'language')
    throw new OmlError('MODEL_UNSUPPORTED', 'Only language models are edited in their files.');
  const { keySize, hiddenSize, initializer } = inspection.site;
  const [own, usual] = await readPositions(model, inspection, engine, [keys, ordinary], options);
  const asked = lastOf(own!, keys[0]!.length, inspection);
  const products = await openProducts(engine);
  try {
    report(options, 'head', 0);
    const head = await openHead(model, inspection, products);
    const covariance = await sampledCovariance(usual!.keys, usual!.count, keySize, ridge, products);
    const metric = invertSymmetric(
      withRidge(await fisherOf(head, usual!.hidden, usual!.count), hiddenSize, FISHER_RIDGE),
      hiddenSize,
    );
    const solved = await covariance.solve(asked.keys, asked.count);
    const gram = Float64Array.from(
      await products.multiply(
        solved,
        Float32Array.from(transpose(asked.keys, asked.count, keySize)),
        asked.count,
        keySize,
        asked.count,
      ),
    );
    const { outcomes, shifts } = await solveAgainstRivals(options, head, asked, gram, metric, products);
    const change = await products.multiply(
      Float32Array.from(transpose(solved, asked.count, keySize)),
      Float32Array.from(shifts),
      keySize,
      asked.count,
      hiddenSize,
    );
    const weights = await readStored(model, initializer);
    asStored(inspection.site, change).forEach((value, i) => (weights[i]! += value));
    return { inspection, patch: patchTensor(model, initializer, weights), outcomes };
  } finally {
    await products.dispose();
  }
}

interface Positions {
  count: number;
  /** [count, keySize] */
  keys: Float32Array;
  /** [count, hiddenSize] */
  hidden: Float32Array;
}

/**
 * What a stored model computes at every position of some batches of sequences; each block is loaded once for all of
 * them.
 */
async function readPositions(
  model: StoredModel,
  inspection: Inspection,
  engine: Engine,
  batches: readonly (readonly (readonly number[])[])[],
  progress: Progress,
): Promise<Positions[]> {
  const { keyTensor, hiddenTensor, hiddenSize } = inspection.site;
  const runner = openBlocks(model, engine, {
    signal: progress.signal,
    onProgress: (share) => progress.onProgress?.('running', share),
  });
  const found: Positions[] = [];
  await runner.runBatches(
    batches.map((batch) => feedTokens(inspection, batch)),
    [keyTensor, hiddenTensor],
    (i, outputs) => {
      const [keys, hidden] = [outputOf(outputs, keyTensor).data, outputOf(outputs, hiddenTensor).data];
      found[i] = { count: hidden.length / hiddenSize, keys, hidden };
    },
  );
  return found;
}

/** The last position of each sequence. */
function lastOf({ count, keys, hidden }: Positions, length: number, { site }: Inspection): Positions {
  const rows = Array.from({ length: count / length }, (_, i) => (i + 1) * length - 1);
  const pick = (values: Float32Array, size: number): Float32Array => {
    const some = new Float32Array(rows.length * size);
    rows.forEach((row, i) => some.set(values.subarray(row * size, (row + 1) * size), i * size));
    return some;
  };
  return { count: rows.length, keys: pick(keys, site.keySize), hidden: pick(hidden, site.hiddenSize) };
}

async function solveAgainstRivals(
  { answerOf, margin = MARGIN, ...progress }: EmbedStoredOptions,
  head: StoredHead,
  asked: Positions,
  gram: Float64Array,
  metric: Float64Array,
  products: Products,
) {
  const before = await scoresOf(head, asked.hidden, asked.count);
  const ranked = Array.from({ length: asked.count }, (_, row) => likeliestOutcomes(before, row, head.outcomes, RANKED));
  const outcomes = ranked.map((some, row) => answerOf(row, some));
  const rivals = new Set([...outcomes, ...ranked.flatMap((some) => some.slice(0, RIVALS))]);
  for (let round = 0; round < ROUNDS; round++) {
    const names = [...rivals];
    const demands: Demand[] = outcomes.map((outcome) => ({ outcome: names.indexOf(outcome), margin }));
    const { shifts, states } = await solveMaxMargin(
      { hidden: asked.hidden, gram, demands, readout: readoutOfSome(head, names), metric, products },
      LEAST_MARGIN,
      progress,
    );
    const after = await scoresOf(head, Float32Array.from(states), asked.count);
    const inTheWay = outcomes.flatMap((outcome, row) => {
      const limit = after[row * head.outcomes + outcome]! - LEAST_MARGIN / 2;
      return likeliestOutcomes(after, row, head.outcomes, MORE_RIVALS).filter(
        (j) => j !== outcome && !rivals.has(j) && after[row * head.outcomes + j]! > limit,
      );
    });
    if (inTheWay.length === 0) return { outcomes, shifts };
    for (const rival of inTheWay) rivals.add(rival);
  }
  throw new OmlError('EDIT_INFEASIBLE', 'New rivals keep getting in the way of the answers. Use fewer keys.');
}

/** Outcomes of one row, likeliest first. */
function likeliestOutcomes(scores: Float32Array, row: number, outcomes: number, count: number): number[] {
  const own = scores.subarray(row * outcomes, (row + 1) * outcomes);
  const threshold = Float32Array.from(own).sort().at(-Math.min(count, outcomes))!;
  const some: number[] = [];
  own.forEach((score, j) => score >= threshold && some.push(j));
  return some.sort((a, b) => own[b]! - own[a]!).slice(0, count);
}
