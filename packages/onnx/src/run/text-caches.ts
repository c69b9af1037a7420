import type { HeadSizes } from '../rewrite/cache.ts';
import type { FloatTensor } from './runner.ts';

/** One attention's, a row per text: [rows, heads, head size, room] and [rows, heads, room, head size]. */
interface Layer {
  keys: Float32Array<ArrayBuffer>;
  values: Float32Array<ArrayBuffer>;
}

/** What a graph made of new tokens: [texts, heads, head size, tokens] and [texts, heads, tokens, head size]. */
export interface NewTokens {
  keys: Float32Array;
  values: Float32Array;
}

const LEAST_ROOM = 32;

/**
 * Caches of texts, row by row without gaps, so that neighbouring rows are fed as they lie. What lies behind the end of
 * a text is zero or old, and masked: never NaN.
 */
export class TextCaches {
  /** Tokens of each row. */
  readonly lengths: number[] = [];
  /** Tokens that each row has room for. */
  room = 0;
  private readonly sizes: HeadSizes;
  private readonly contextLength: number;
  private readonly layers: Layer[];
  private rows = 0;

  constructor(layers: number, sizes: HeadSizes, contextLength: number) {
    this.sizes = sizes;
    this.contextLength = contextLength;
    this.layers = Array.from({ length: layers }, () => ({ keys: new Float32Array(0), values: new Float32Array(0) }));
  }

  /** Rows `from` to `to` of a layer, as they are fed. Not a copy. */
  past(layer: number, from: number, to: number): { keys: FloatTensor; values: FloatTensor } {
    const { heads, headSize } = this.sizes;
    const { keys, values } = this.layers[layer]!;
    const part = (data: Float32Array) => data.subarray(from * this.rowSize, to * this.rowSize);
    const rows = to - from;
    return {
      keys: { dtype: 'float32', dims: [rows, heads, headSize, this.room], data: part(keys) },
      values: { dtype: 'float32', dims: [rows, heads, this.room, headSize], data: part(values) },
    };
  }

  /** A new row, empty. */
  open(): number {
    return this.lengths.push(0) - 1;
  }

  /** Makes room for tokens in every row. */
  reserve(tokens: number): void {
    const longest = Math.max(tokens, ...this.lengths);
    if (longest <= this.room && this.lengths.length <= this.rows) return;
    const room = Math.max(this.room, Math.min(this.contextLength, roundUp(longest)));
    const rows = this.lengths.length <= this.rows ? this.rows : 2 * this.lengths.length;
    for (const layer of this.layers) this.widen(layer, room, rows);
    this.room = room;
    this.rows = rows;
  }

  /** Adds tokens behind the end of rows `from` to `to`; the lengths follow by {@link grow}. */
  add(layer: number, from: number, to: number, { keys, values }: NewTokens): void {
    const { heads, headSize } = this.sizes;
    const { room } = this;
    const own = this.layers[layer]!;
    const size = heads * headSize;
    const count = keys.length / (size * (to - from));
    for (let row = from; row < to; row++) {
      const end = this.lengths[row]!;
      const start = (row - from) * size * count;
      for (let i = 0; i < size; i++)
        for (let t = 0; t < count; t++) own.keys[(row * size + i) * room + end + t] = keys[start + i * count + t]!;
      for (let head = 0; head < heads; head++)
        own.values.set(
          values.subarray(start + head * count * headSize, start + (head + 1) * count * headSize),
          ((row * heads + head) * room + end) * headSize,
        );
    }
  }

  grow(from: number, to: number, tokens: number): void {
    for (let row = from; row < to; row++) this.lengths[row]! += tokens;
  }

  /** Closes a row; the last one moves into its place. */
  close(row: number): void {
    const last = this.lengths.length - 1;
    const { rowSize } = this;
    for (const { keys, values } of this.layers)
      for (const data of [keys, values]) data.copyWithin(row * rowSize, last * rowSize, (last + 1) * rowSize);
    this.lengths[row] = this.lengths[last]!;
    this.lengths.pop();
    if (this.lengths.length === 0) this.release();
  }

  private release(): void {
    for (const layer of this.layers) Object.assign(layer, { keys: new Float32Array(0), values: new Float32Array(0) });
    this.room = this.rows = 0;
  }

  private get rowSize(): number {
    return this.sizes.heads * this.sizes.headSize * this.room;
  }

  private widen(layer: Layer, room: number, rows: number): void {
    const { heads, headSize } = this.sizes;
    layer.keys = respace(layer.keys, this.room, room, rows * heads * headSize);
    layer.values = respace(layer.values, this.room * headSize, room * headSize, rows * heads);
  }
}

/** Up to the next quarter of a power of two: memory is moved seldom, and little is read that is masked. */
function roundUp(tokens: number): number {
  const step = Math.max(LEAST_ROOM, 2 ** Math.floor(Math.log2(tokens)) / 4);
  return Math.ceil(tokens / step) * step;
}

/** A copy whose units lie further apart, zeros between them. */
function respace(data: Float32Array, unit: number, wider: number, count: number): Float32Array<ArrayBuffer> {
  const spaced = new Float32Array(wider * count);
  for (let i = 0; i * unit < data.length && unit > 0; i++)
    spaced.set(data.subarray(i * unit, (i + 1) * unit), i * wider);
  return spaced;
}
