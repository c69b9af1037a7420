import { dot, transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';

/** Rows of `a` against rows of `b`, both [rows, size], as |cosine|: [rows, rows]. */
export async function rowLikeness(
  a: Float32Array,
  b: Float32Array,
  size: number,
  products: Products,
): Promise<Float32Array> {
  const rows = a.length / size;
  const turned = Float32Array.from(transpose(unitRows(b, size), rows, size));
  return (await products.multiply(unitRows(a, size), turned, rows, size, rows)).map(Math.abs);
}

/** Columns of `a` against columns of `b`, both [rows, size], as |correlation|: [size, size]. */
export function columnLikeness(
  a: Float32Array,
  b: Float32Array,
  size: number,
  products: Products,
): Promise<Float32Array> {
  const rows = a.length / size;
  const [left, right] = [a, b].map((matrix) => centredRows(Float32Array.from(transpose(matrix, rows, size)), rows));
  return rowLikeness(left!, right!, rows, products);
}

/** Real neurons find each other in a few rounds; a hostile file of equal ones would take as many as it has neurons. */
const ROUNDS = 64;

/**
 * A partner for each row of a square likeness: whoever are each other's best are paired, then among the rest again,
 * until all have one.
 */
export function pairBest(likeness: Float32Array, size: number): Int32Array {
  const partner = new Int32Array(size).fill(-1);
  const taken = new Int32Array(size).fill(-1);
  for (let [left, round] = [size, 0]; left > 0 && round < ROUNDS; round++) {
    const best = bestFree(likeness, size, partner, taken);
    for (let row = 0; row < size; row++) {
      const column = best.ofRow[row]!;
      if (partner[row]! >= 0 || column < 0 || best.ofColumn[column] !== row) continue;
      partner[row] = column;
      taken[column] = row;
      left--;
    }
  }
  const free = [...taken.keys()].filter((column) => taken[column]! < 0);
  return partner.map((column) => (column < 0 ? free.pop()! : column));
}

function bestFree(likeness: Float32Array, size: number, partner: Int32Array, taken: Int32Array) {
  const [ofRow, ofColumn] = [new Int32Array(size).fill(-1), new Int32Array(size).fill(-1)];
  const at = (row: number, column: number) => likeness[row * size + column]!;
  for (let row = 0; row < size; row++) {
    if (partner[row]! >= 0) continue;
    for (let column = 0; column < size; column++) {
      if (taken[column]! >= 0) continue;
      if (ofRow[row]! < 0 || at(row, column) > at(row, ofRow[row]!)) ofRow[row] = column;
      if (ofColumn[column]! < 0 || at(row, column) > at(ofColumn[column]!, column)) ofColumn[column] = row;
    }
  }
  return { ofRow, ofColumn };
}

function centredRows(matrix: Float32Array, size: number): Float32Array {
  for (let at = 0; at < matrix.length; at += size) {
    const row = matrix.subarray(at, at + size);
    const mean = row.reduce((sum, value) => sum + value, 0) / size;
    row.forEach((value, i) => (row[i] = value - mean));
  }
  return matrix;
}

/** Rows that are zero, or not finite, are like nothing. */
function unitRows(matrix: Float32Array, size: number): Float32Array {
  const scaled = matrix.slice();
  for (let at = 0; at < matrix.length; at += size) {
    const row = scaled.subarray(at, at + size);
    const length = Math.sqrt(dot(row, 0, row, 0, size));
    row.forEach((value, i) => (row[i] = length > 0 && Number.isFinite(length) ? value / length : 0));
  }
  return scaled;
}
