import { dot, transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { Subject } from '../subject/subject.ts';
import type { Question } from '../suspect/asking.ts';
import type { Suspect } from '../suspect/open-suspect.ts';
import { basisBetween } from './align-basis.ts';
import { weightsOfPiece, piecesOf, type Piece } from './linear-pieces.ts';
import { gatherRows, innerTensors, type InnerTensor, type Observed } from './observe.ts';
import { columnLikeness, pairBest, rowLikeness } from './pair-neurons.ts';

/** A matrix of a suspect that stands where the owner's edited matrix would. */
export interface AlignedMatrix {
  /** In the owner's basis, its neurons in the owner's order, of the owner's scale and sign: [keySize, hiddenSize]. */
  matrix: Float32Array;
  /** Mean correlation of its neurons' activity with their partners' among the owner's. */
  likeness: number;
  /** Cosine of the two matrices, 1 for a copy. */
  cosine: number;
  /** Neurons whose partner stands at their own place in the file. */
  inPlace: number;
}

export interface AlignOptions {
  subject: Subject;
  /** The owner's matrix without what is looked for, [keySize, hiddenSize]: scales and signs are taken from it. */
  reference: Float32Array;
  suspect: Suspect;
  /** Ordinary questions of one length; of a language model, some thousand tokens in all. */
  questions: readonly Question[];
  products: Products;
}

/** Neurons that are less alike on average are not the owner's, in whatever order. */
const LEAST_LIKENESS = 0.5;
/** A row that resembles its partner less says nothing about it. */
const LEAST_COSINE = 0.2;
/** Share of a piece's output that its matrix may leave unexplained: integers round, curves do not pass. */
const UNEXPLAINED = 0.2;

/**
 * Every matrix of a suspect that may be the owner's edited one, brought back: found by what its neurons do on ordinary
 * questions, not by names, order or format, then turned by the rotation of the residual stream, put in the owner's
 * order and divided by each neuron's scale and sign. Works for whatever computes the same function: permuted, scaled,
 * rotated with norms folded, quantised. Empty where the suspect has no such matrix.
 */
export async function alignSuspect(options: AlignOptions): Promise<AlignedMatrix[]> {
  const { subject, suspect, questions, products } = options;
  const { keySize, hiddenSize, keyTensor } = subject.inspection.site;
  const other: Observed = { model: suspect.model, way: suspect.way, engine: subject.engine };
  const own = ownObserved(subject);
  const inner = await innerTensors(other, questions[0]!);
  const pieces = piecesOf(suspect.model, inner, keySize, hiddenSize);
  if (pieces.length === 0) return [];
  const keys = (await gatherRows(own, questions, new Map([[keyTensor, keySize]]))).get(keyTensor)!;
  let turn: Float32Array | undefined;
  const found: AlignedMatrix[] = [];
  for (const { start, ends } of pieces) {
    const seen = new Map([[start, keySize], ...ends.map((end): [string, number] => [end, hiddenSize])]);
    const rows = await gatherRows(other, questions, seen);
    const activity = rows.get(start)!;
    const alike = await columnLikeness(keys, activity, keySize, products);
    if (!(meanBest(alike, keySize) >= LEAST_LIKENESS)) continue;
    let plain: Float32Array | undefined;
    for (const end of ends)
      plain ??= await plainMatrix(options, { start, end }, inner.get(start)!, activity, rows.get(end)!);
    if (!plain) continue;
    if (subject.inspection.kind === 'language')
      turn ??= await basisBetween(subject, own, other, questions[0]!.length, products);
    found.push(await broughtBack(options, plain, alike, turn));
  }
  return found.sort((a, b) => b.cosine - a.cosine);
}

function ownObserved({ model, inspection, engine }: Subject): Observed {
  const { inputs, input } = inspection;
  return { model, way: { inputs, asked: inputs.find(({ name }) => name === input.name)! }, engine };
}

/** The matrix of a piece in the suspect's own basis and order; undefined where the piece is not linear. */
async function plainMatrix(
  { subject, suspect, products }: AlignOptions,
  piece: Piece,
  inner: InnerTensor,
  input: Float32Array,
  output: Float32Array,
): Promise<Float32Array | undefined> {
  const { keySize, hiddenSize } = subject.inspection.site;
  const height = input.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const { matrix, bias } = await weightsOfPiece(suspect.model, subject.engine, piece, inner, hiddenSize, height);
  const said = await products.multiply(input, matrix, input.length / keySize, keySize, hiddenSize);
  let [off, all] = [0, 0];
  for (let i = 0; i < said.length; i++) {
    off += (said[i]! + bias[i % hiddenSize]! - output[i]!) ** 2;
    all += (output[i]! - bias[i % hiddenSize]!) ** 2;
  }
  return off <= UNEXPLAINED ** 2 * all ? matrix : undefined;
}

async function broughtBack(
  { subject, reference, products }: AlignOptions,
  plain: Float32Array,
  activity: Float32Array,
  turn: Float32Array | undefined,
): Promise<AlignedMatrix> {
  const { keySize, hiddenSize } = subject.inspection.site;
  const turned = turn
    ? await products.multiply(
        plain,
        Float32Array.from(transpose(turn, hiddenSize, hiddenSize)),
        keySize,
        hiddenSize,
        hiddenSize,
      )
    : plain;
  const byWeights = await rowLikeness(reference, turned, hiddenSize, products);
  const partners = pairBest(
    activity.map((value, i) => value + byWeights[i]!),
    keySize,
  );
  const matrix = reference.slice();
  const sums = { alike: 0, product: 0, own: 0, other: 0, inPlace: 0 };
  partners.forEach((partner, neuron) => {
    sums.alike += activity[neuron * keySize + partner]! / keySize;
    sums.inPlace += Number(partner === neuron);
    const [at, from] = [neuron * hiddenSize, partner * hiddenSize];
    const own = dot(reference, at, reference, at, hiddenSize);
    const scale = own > 0 ? dot(turned, from, reference, at, hiddenSize) / own : 0;
    if (byWeights[neuron * keySize + partner]! >= LEAST_COSINE)
      for (let c = 0; c < hiddenSize; c++) matrix[at + c] = turned[from + c]! / scale;
    const scaled = scale === 0 ? 0 : 1 / scale;
    sums.product += dot(turned, from, reference, at, hiddenSize) * scaled;
    sums.own += own;
    sums.other += dot(turned, from, turned, from, hiddenSize) * scaled ** 2;
  });
  const cosine = sums.other > 0 ? sums.product / Math.sqrt(sums.own * sums.other) : 0;
  return { matrix, likeness: sums.alike, cosine, inPlace: sums.inPlace };
}

function meanBest(likeness: Float32Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row++)
    sum += likeness.subarray(row * size, (row + 1) * size).reduce((best, value) => Math.max(best, value), 0);
  return sum / size;
}
