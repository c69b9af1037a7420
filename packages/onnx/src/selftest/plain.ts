// Arithmetic as it is written in the operators' definitions, one number after another, in float64: what an engine is
// held against. Matrices are row-major.

export type Numbers = ArrayLike<number>;

/** `a` [rows, inner] · `b` [inner, columns]. */
export function product(a: Numbers, b: Numbers, rows: number, inner: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += a[row * inner + i]! * b[i * columns + column]!;
    return sum;
  });
}

/** [columns, rows] of [rows, columns]. */
export const transposed = (a: Numbers, rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!);

/** Each row of `width` values by itself. */
export function perRow(values: Numbers, width: number, change: (row: number[]) => number[]): number[] {
  const all = Array.from(values);
  return Array.from({ length: all.length / width }, (_, row) =>
    change(all.slice(row * width, (row + 1) * width)),
  ).flat();
}

export const mean = (row: readonly number[]): number => row.reduce((sum, x) => sum + x, 0) / row.length;

export function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - most));
  const sum = powers.reduce((total, x) => total + x, 0);
  return powers.map((x) => x / sum);
}

/** To a mean of zero, where it is centred, and a variance or a mean square of one. */
export function normalized(row: readonly number[], epsilon: number, isCentred: boolean): number[] {
  const middle = isCentred ? mean(row) : 0;
  const square = mean(row.map((x) => (x - middle) ** 2));
  return row.map((x) => (x - middle) / Math.sqrt(square + epsilon));
}

/** By its Taylor series: exact to 1e-11 up to 3. */
export function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
export const tanhGelu = (x: number): number =>
  (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Halves go to the even neighbour, as quantisation rounds. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(x);
}

export const clamp = (x: number, least: number, most: number): number => Math.max(least, Math.min(most, x));

/** `size` as the integers 0 … 255 that stand for values between the least and the greatest, 0 among them. */
export function dynamicCodes(values: Numbers): { codes: number[]; scale: number; zero: number } {
  const least = Math.min(0, ...Array.from(values));
  const scale = Math.fround((Math.max(0, ...Array.from(values)) - least) / 255);
  const zero = clamp(roundEven(-least / scale), 0, 255);
  const codes = Array.from(values, (x) => clamp(roundEven(Math.fround(x / scale)) + zero, 0, 255));
  return { codes, scale, zero };
}

export interface Heads {
  length: number;
  heads: number;
  /** Heads of keys and values, each shared by as many of the queries. */
  sharedHeads: number;
  size: number;
  isCausal: boolean;
}

/** Scaled dot-product attention over one text: `q` [length, heads · size], `k` and `v` [length, sharedHeads · size]. */
export function attention(q: Numbers, k: Numbers, v: Numbers, of: Heads): number[] {
  const { length, heads, sharedHeads, size, isCausal } = of;
  const out = Array.from({ length: length * heads * size }, () => 0);
  for (let head = 0; head < heads; head++) {
    const shared = Math.floor((head * sharedHeads) / heads);
    const at = (row: number, i: number) => (row * heads + head) * size + i;
    const atShared = (row: number, i: number) => (row * sharedHeads + shared) * size + i;
    for (let row = 0; row < length; row++) {
      const seen = isCausal ? row + 1 : length;
      const scores = Array.from({ length: seen }, (_, other) => {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += q[at(row, i)]! * k[atShared(other, i)]!;
        return sum / Math.sqrt(size);
      });
      softmax(scores).forEach((weight, other) => {
        for (let i = 0; i < size; i++) out[at(row, i)]! += weight * v[atShared(other, i)]!;
      });
    }
  }
  return out;
}
