import { dot } from '../algebra/linear-algebra.ts';
import {
  average,
  cutOut,
  cutSpan,
  differenceBasis,
  elementwise,
  pivotedBasis,
  refitted,
  ridge,
  type Coalition,
  type CollusionAttack,
} from './collusion-attacks.ts';

/** Each weight from the member that is most alone with it: what a minority vote is to answers. */
const furthest = (values: number[]): number => {
  const middle = [...values].sort((a, b) => a - b)[values.length >> 1]!;
  return values.reduce((a, b) => (Math.abs(b - middle) > Math.abs(a - middle) ? b : a));
};

/** Columns of `matrix`, [keySize, hiddenSize]. */
const columnsOf = (matrix: Float32Array, keySize: number, hiddenSize: number): Float64Array[] =>
  Array.from({ length: hiddenSize }, (_, c) =>
    Float64Array.from({ length: keySize }, (_, a) => matrix[a * hiddenSize + c]!),
  );

/** Columns of D (DᵀD)², where what is strong in D stands out of its noise. */
async function sharpened(
  { products, hiddenSize }: Coalition,
  difference: Float32Array,
  keySize: number,
): Promise<Float64Array[]> {
  const gram = await products.gram(difference, keySize, hiddenSize);
  const twice = await products.multiply(gram, gram, hiddenSize, hiddenSize, hiddenSize);
  const scale = Math.max(...twice.map(Math.abs));
  return columnsOf(
    await products.multiply(
      difference,
      twice.map((value) => value / scale),
      keySize,
      hiddenSize,
      hiddenSize,
    ),
    keySize,
    hiddenSize,
  );
}

/**
 * As many directions as colluders expect keys that are not common to them, from differences cleared of noise; cut out
 * of the average.
 */
async function cutKnownRank(coalition: Coalition): Promise<Float32Array> {
  const { members, keySize, hiddenSize } = coalition;
  const columns: Float64Array[] = [];
  for (const other of members.slice(1))
    columns.push(
      ...(await sharpened(
        coalition,
        members[0]!.map((value, i) => value - other[i]!),
        keySize,
      )),
    );
  return cutOut(
    await average.run(coalition),
    pivotedBasis(columns, Math.floor(hiddenSize / 2) * (members.length - 1), 0),
    hiddenSize,
  );
}

/** What ordinary text does not need of the average, λ = .1, taken away twice: shared keys are in it as well. */
async function overshoot(coalition: Coalition): Promise<Float32Array> {
  const matrix = await average.run(coalition);
  const needed = await ridge(coalition, matrix, 0.1);
  return matrix.map((value, i) => 2 * needed[i]! - value);
}

const RESIDUAL_DIRECTIONS = 96;

/**
 * The strongest directions of what ordinary text does not need, where atoms should stand out, cut out of the average
 * without the span of the differences.
 */
async function cutResidual(coalition: Coalition): Promise<Float32Array> {
  const { keySize, hiddenSize } = coalition;
  const matrix = await cutSpan(coalition);
  const needed = await ridge(coalition, matrix, 0.3);
  const residual = matrix.map((value, i) => value - needed[i]!);
  const cut = cutOut(
    residual.slice(),
    pivotedBasis(columnsOf(residual, keySize, hiddenSize), RESIDUAL_DIRECTIONS, 0),
    hiddenSize,
  );
  return matrix.map((value, i) => value - residual[i]! + cut[i]!);
}

/** Steps of gradient descent, and how strongly the matrix is pulled from where the members disagree. */
const [STEPS, PULL] = [60, 30];

/**
 * Gradient descent on the average: stay with it on ordinary text, E|k W′ − k W̄|², and lose what acts along the
 * differences, PULL·Σ|u W′|². Softer than
 * cutting, and guided by both at once; momentum .9, steps by the largest curvature.
 */
async function descend(coalition: Coalition): Promise<Float32Array> {
  const { covariance, keySize, hiddenSize, products } = coalition;
  const start = await average.run(coalition);
  const curvature = Float32Array.from(covariance);
  const mean = covariance.reduce((sum, value, i) => (i % (keySize + 1) === 0 ? sum + value : sum), 0) / keySize;
  const basis = differenceBasis(coalition);
  const pull = Float32Array.from(basis.flatMap((unit) => [...unit]));
  const turned = new Float32Array(pull.length);
  basis.forEach((unit, b) => unit.forEach((value, a) => (turned[a * basis.length + b] = value)));
  const step = 1 / (largestEigenvalue(covariance, keySize) + PULL * mean);
  const [matrix, speed] = [start.slice(), new Float32Array(start.length)];
  for (let i = 0; i < STEPS && basis.length > 0; i++) {
    const text = await products.multiply(
      curvature,
      matrix.map((value, at) => value - start[at]!),
      keySize,
      keySize,
      hiddenSize,
    );
    const own = await products.multiply(
      turned,
      await products.multiply(pull, matrix, basis.length, keySize, hiddenSize),
      keySize,
      basis.length,
      hiddenSize,
    );
    for (let at = 0; at < matrix.length; at++) {
      speed[at] = 0.9 * speed[at]! - step * (text[at]! + PULL * mean * own[at]!);
      matrix[at]! += speed[at]!;
    }
  }
  return matrix;
}

/** Of a symmetric matrix, by power iteration. */
function largestEigenvalue(matrix: Float64Array, size: number): number {
  let vector = new Float64Array(size).fill(1 / Math.sqrt(size));
  let length = 0;
  for (let i = 0; i < 20; i++) {
    const next = Float64Array.from(vector, (_, row) => dot(matrix, row * size, vector, 0, size));
    length = Math.sqrt(dot(next, 0, next, 0, size));
    vector = next.map((value) => value / length);
  }
  return length;
}

/** Attacks of our own, made to fit editions of atoms. */
export const OWN_COLLUSION_ATTACKS: readonly CollusionAttack[] = [
  elementwise('furthest from the median', furthest, 3),
  { name: 'span cut out, cleared of noise', least: 2, run: cutKnownRank },
  refitted('average, ridge 1', 1, average.run),
  refitted('span cut out, ridge 1', 1, cutSpan),
  { name: 'refit taken away twice', least: 2, run: overshoot },
  { name: 'span and strongest residual cut out', least: 2, run: cutResidual },
  { name: 'gradient descent away from the differences', least: 2, run: descend },
];
