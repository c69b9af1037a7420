import { softmax } from '@oml/onnx/sampling';
import { OmlError } from '@oml/protocol/error';
import type { Products } from '../subject/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { proveReadout, type Readout } from '../subject/readout.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { Rows, View } from '../subject/view.ts';

/** What the model does on ordinary inputs, as far as an edit of its site is concerned. */
export interface Statistics {
  /** Positions measured. */
  count: number;
  /** E[k kᵀ], [keySize, keySize]. */
  covariance: Float64Array;
  /** Softmax Fisher information in hidden space, E[s⁻² Dᵀ (diag p − p pᵀ) D], [hiddenSize, hiddenSize]: what a shift does to the KL. */
  fisher: Float64Array;
  /** E[k kᵀ] of drawn keys that became no fingerprint: inputs that an edit should leave alone. Added by the draft. */
  decoys?: Float64Array;
}

/** Positions per dimension of the key space; fewer leave the covariance noisy, more only cost time. */
const POSITIONS_PER_DIMENSION = 24;
const MAX_POSITIONS = 32_768;

/** Measures {@link Statistics}, and proves on the way that the readout is right. Throws CODE_BOOK_TOO_SMALL, MODEL_UNSUPPORTED, ABORTED. */
export async function measureStatistics(subject: Subject, view: View, readout: Readout, products: Products, ordinary: Ordinary, progress: Progress = {}): Promise<Statistics> {
  const { keySize, hiddenSize } = subject.inspection.site;
  const limit = Math.min(MAX_POSITIONS, Math.max(4096, POSITIONS_PER_DIMENSION * keySize));
  const sums = { count: 0, covariance: new Float64Array(keySize ** 2), minus: new Float64Array(hiddenSize ** 2), weights: new Float64Array(readout.outcomes) };
  const directions = Float32Array.from(readout.directions);
  for await (const rows of view.ordinary(ordinary, limit)) {
    if (sums.count === 0) proveReadout(readout, rows);
    addTo(sums.covariance, await products.gram(rows.keys, rows.count, keySize));
    addTo(sums.minus, await outerMeans(rows, readout, directions, products, sums.weights));
    sums.count += rows.count;
    report(progress, 'statistics', Math.min(1, sums.count / limit));
  }
  if (sums.count < 2 * hiddenSize) throw new OmlError('REQUEST_INVALID', `Only ${sums.count} ordinary positions were given; at least ${2 * hiddenSize} are needed.`);
  const plus = await weightedGram(directions, sums.weights, readout, products);
  return { count: sums.count, covariance: sums.covariance.map((c) => c / sums.count), fisher: plus.map((f, i) => (f - sums.minus[i]!) / sums.count) };
}

/** Σ s⁻² μ μᵀ with μ the expected direction of each row; adds each row's s⁻² p to `weights`. */
async function outerMeans(rows: Rows, readout: Readout, directions: Float32Array, products: Products, weights: Float64Array): Promise<Float32Array> {
  const { outcomes, hiddenSize } = readout;
  const chances = new Float32Array(rows.count * outcomes);
  for (let row = 0; row < rows.count; row++) {
    const inverse = 1 / readout.scale(rows.hidden, row * hiddenSize);
    const p = softmax(rows.scores, row * outcomes, outcomes);
    for (let j = 0; j < outcomes; j++) {
      chances[row * outcomes + j] = p[j]! * inverse;
      weights[j]! += p[j]! * inverse * inverse;
    }
  }
  const means = await products.multiply(chances, directions, rows.count, outcomes, hiddenSize);
  return products.gram(means, rows.count, hiddenSize);
}

/** Dᵀ diag(weights) D. */
async function weightedGram(directions: Float32Array, weights: Float64Array, { outcomes, hiddenSize }: Readout, products: Products): Promise<Float64Array> {
  const scaled = directions.map((value, i) => value * Math.sqrt(weights[Math.floor(i / hiddenSize)]!));
  return Float64Array.from(await products.gram(scaled, outcomes, hiddenSize));
}

function addTo(sum: Float64Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}

/** E[k kᵀ] of rows of keys. */
export async function secondMoment(rows: Rows, keySize: number, products: Products): Promise<Float64Array> {
  return Float64Array.from(await products.gram(rows.keys, rows.count, keySize), (sum) => sum / rows.count);
}
