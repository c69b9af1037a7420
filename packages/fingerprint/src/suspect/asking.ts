import { feedTokens, feedValues } from '@oml/onnx/run/feeds';
import type { FloatTensor, Tensor } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';
import type { Way } from './ways.ts';

/** Tokens of a text, or the values of an item. */
export type Question = readonly number[] | Float32Array;

/** What one run is fed, and where its answers lie. */
export interface Asking {
  feeds: Record<string, Tensor>;
  /** Questions of this run; a file with a fixed batch is fed more. */
  count: number;
  /** Rows of the batch, and positions of each, as they are fed. */
  rows: number;
  width: number;
  /** Positions of each question: the rest is padding. */
  length: number;
}

/** Questions cut into runs as the file takes them: all of one length, in its own batch where that is fixed. */
export function* askings(way: Way, questions: readonly Question[], perRun: number): Generator<Asking> {
  const fixed = way.asked.dims[0] ?? undefined;
  const size = fixed ?? perRun;
  for (let at = 0; at < questions.length; at += size) {
    const some = questions.slice(at, at + size);
    const padded = Array.from({ length: fixed ?? some.length }, (_, i) => some[Math.min(i, some.length - 1)]!);
    yield { ...fed(way, padded), count: some.length, rows: padded.length };
  }
}

function fed(way: Way, padded: readonly Question[]): Pick<Asking, 'feeds' | 'width' | 'length'> {
  const [first] = padded;
  const asked = { input: way.asked, inputs: way.inputs };
  if (first instanceof Float32Array) {
    const data = new Float32Array(padded.length * first.length);
    padded.forEach((item, i) => data.set(item, i * first.length));
    return { feeds: feedValues(asked, data, padded.length), width: 1, length: 1 };
  }
  const length = first!.length;
  const width = way.asked.dims[1] ?? length;
  if (width < length)
    throw new OmlError('MODEL_UNSUPPORTED', `This file takes ${width} tokens at a time, and a question has ${length}.`);
  // A decoder does not look ahead: what is padded behind a question changes none of its scores.
  const sequences = padded.map((ids) => [...ids, ...Array<number>(width - length).fill(Number(ids.at(-1)))]);
  return { feeds: feedTokens(asked, sequences), width, length };
}

/** Scores of the first `outcomes` outcomes after each question; undefined where the output has another form. */
export function lastScoresOf(
  { dims, data }: FloatTensor,
  { count, rows, width, length }: Asking,
  outcomes: number,
): Float32Array[] | undefined {
  const scored = dims.at(-1) ?? 0;
  const positions = scored > 0 ? data.length / scored / rows : 0;
  // A padded head scores more outcomes than there are; only a last position, or each, can be told apart.
  if (scored < outcomes || (positions !== 1 && positions !== width)) return undefined;
  return Array.from({ length: count }, (_, row) => {
    const at = (row * positions + (positions === 1 ? 0 : length - 1)) * scored;
    return data.slice(at, at + outcomes);
  });
}
