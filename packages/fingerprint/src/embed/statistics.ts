import { momentsModel } from '@oml/onnx/run/moments-graph';
import { outputOf, type Engine, type Runner } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';
import type { Products } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { proveReadout, type Readout } from '../subject/readout.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { Rows, View } from '../subject/rows.ts';

/** What the model does on some inputs, as far as an edit of its site is concerned. */
export interface Moments {
  /** Positions measured. */
  count: number;
  /**
   * E[w k kᵀ] / E[w], [keySize, keySize], where w is the trace of a position's Fisher information: an edit harms where
   * the model is unsure.
   */
  covariance: Float64Array;
  /**
   * Softmax Fisher information in hidden space, E[s⁻² Dᵀ (diag p − p pᵀ) D], [hiddenSize, hiddenSize]: what a shift
   * does to the KL.
   */
  fisher: Float64Array;
  /** E[p], [outcomes]: how often the model expects each outcome. */
  chances: Float64Array;
}

export interface Statistics {
  /** Of ordinary data. */
  ordinary: Moments;
  /**
   * Of what the model itself writes (or of drawn images): it covers kinds of input that the ordinary data at hand
   * leaves out.
   */
  own: Moments;
}

/** Positions per dimension of the key space; fewer leave the covariance noisy, more only cost time. */
const POSITIONS_PER_DIMENSION = 12;
const LEAST_POSITIONS = 4096;
const MOST_POSITIONS = 32_768;

/**
 * Measures ordinary data, hands every batch to `see`, and proves on the way that the readout is right. Throws
 * REQUEST_INVALID, MODEL_UNSUPPORTED, ABORTED.
 */
export async function measureOrdinary(
  subject: Subject,
  view: View,
  readout: Readout,
  products: Products,
  ordinary: Ordinary,
  progress: Progress = {},
  see: (rows: Rows) => void = () => {},
): Promise<Moments> {
  const { keySize, hiddenSize } = subject.inspection.site;
  const limit = Math.min(MOST_POSITIONS, Math.max(LEAST_POSITIONS, POSITIONS_PER_DIMENSION * keySize));
  let seen = 0;
  async function* batches(): AsyncGenerator<Rows> {
    for await (const rows of view.ordinary(ordinary, limit)) {
      if (seen === 0) proveReadout(readout, rows);
      seen += rows.count;
      report(progress, 'statistics', Math.min(1, seen / limit));
      see(rows);
      yield rows;
    }
  }
  const moments = await measureMoments(subject.engine, batches(), readout, products, keySize);
  if (moments.count < 2 * hiddenSize)
    throw new OmlError(
      'REQUEST_INVALID',
      `Only ${moments.count} ordinary positions were given; at least ${2 * hiddenSize} are needed.`,
    );
  return moments;
}

/** Measures what the model itself writes, and hands every batch to `see`. */
export function measureOwn(
  { engine, inspection }: Subject,
  batches: AsyncIterable<Rows> | Iterable<Rows>,
  readout: Readout,
  products: Products,
  see: (rows: Rows) => void = () => {},
): Promise<Moments> {
  async function* seen(): AsyncGenerator<Rows> {
    for await (const rows of batches) {
      see(rows);
      yield rows;
    }
  }
  return measureMoments(engine, seen(), readout, products, inspection.site.keySize);
}

/** The moments of any rows. */
export async function measureMoments(
  engine: Engine,
  batches: AsyncIterable<Rows> | Iterable<Rows>,
  readout: Readout,
  products: Products,
  keySize: number,
): Promise<Moments> {
  const { outcomes, hiddenSize } = readout;
  const sums = {
    covariance: new Float64Array(keySize ** 2),
    outer: new Float64Array(hiddenSize ** 2),
    weights: new Float64Array(outcomes),
    chances: new Float64Array(outcomes),
  };
  const constants = constantFeeds(readout);
  const runner = await engine.open(momentsModel());
  let [count, spread] = [0, 0];
  try {
    for await (const rows of batches) {
      const parts = await sumBatch(runner, rows, readout, constants, keySize);
      for (const name of ['covariance', 'outer', 'weights', 'chances'] as const) addTo(sums[name], parts(name));
      spread += parts('spread').reduce((sum, value) => sum + value, 0);
      count += rows.count;
    }
  } finally {
    await runner.dispose();
  }
  const plus = await weightedGram(readout, sums.weights, products);
  return {
    count,
    covariance: sums.covariance.map((c) => c / spread),
    fisher: plus.map((f, i) => (f - sums.outer[i]!) / count),
    chances: sums.chances.map((chance) => chance / count),
  };
}

/** One mixture of both: ordinary data, and `ownWeight` times as much of the model's own. */
export function mixMoments({ ordinary, own }: Statistics, ownWeight: number): Pick<Moments, 'covariance' | 'fisher'> {
  const mixed = (name: 'covariance' | 'fisher') =>
    ordinary[name].map((value, i) => (value + ownWeight * own[name][i]!) / (1 + ownWeight));
  return { covariance: mixed('covariance'), fisher: mixed('fisher') };
}

const tensor = (data: Float32Array, dims: number[]) => ({ dtype: 'float32' as const, dims, data });

function constantFeeds({ directions, outcomes, hiddenSize }: Readout) {
  const lengths = new Float32Array(outcomes);
  directions.forEach((value, i) => (lengths[Math.floor(i / hiddenSize)]! += value * value));
  return {
    directions: tensor(Float32Array.from(directions), [outcomes, hiddenSize]),
    lengths: tensor(lengths, [outcomes, 1]),
  };
}

async function sumBatch(
  runner: Runner,
  rows: Rows,
  { outcomes, hiddenSize, scale }: Readout,
  constants: ReturnType<typeof constantFeeds>,
  keySize: number,
) {
  const { count } = rows;
  const inverse = Float32Array.from({ length: count }, (_, row) => 1 / scale(rows.hidden, row * hiddenSize));
  const outputs = await runner.run({
    ...constants,
    keys: tensor(rows.keys, [count, keySize]),
    scores: tensor(rows.scores, [count, outcomes]),
    inverse: tensor(inverse, [count, 1]),
  });
  return (name: string) => outputOf(outputs, name).data;
}

/** Dᵀ diag(weights) D. */
async function weightedGram(
  { directions, outcomes, hiddenSize }: Readout,
  weights: Float64Array,
  products: Products,
): Promise<Float64Array> {
  const scaled = Float32Array.from(directions, (value, i) => value * Math.sqrt(weights[Math.floor(i / hiddenSize)]!));
  return Float64Array.from(await products.gram(scaled, outcomes, hiddenSize));
}

function addTo(sum: Float64Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}
