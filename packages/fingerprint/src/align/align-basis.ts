import type { Products } from '../algebra/products.ts';
import type { Subject } from '../subject/subject.ts';
import type { Question } from '../suspect/asking.ts';
import { gatherRows, innerTensors, type Observed } from './observe.ts';
import { rotationOnto } from './rotation.ts';

/** Tensors of the stream's width that are looked at: what tokens become stands among the first. */
const LOOKED_AT = 12;
/** Tokens by which two bases are compared, for each dimension. */
const TOKENS_PER_DIMENSION = 4;

/**
 * The rotation R of the owner's residual stream into another's, h′ = h R, up to one scale: by what the tokens become
 * before anything acts on them, which no edit touches. The tensor is found by the lengths of its rows, which no
 * rotation changes. Undefined where nothing of that width follows from the tokens.
 */
export async function basisBetween(
  subject: Subject,
  own: Observed,
  other: Observed,
  length: number,
  products: Products,
): Promise<Float32Array | undefined> {
  const size = subject.inspection.site.hiddenSize;
  const questions = tokenQuestions(subject.inspection.outcomes, size, length);
  const widths = async (observed: Observed, most: number): Promise<Map<string, number>> => {
    const all = [...(await innerTensors(observed, questions[0]!))];
    const wide = all.filter(([, inner]) => inner.size === size).slice(0, most);
    return new Map(wide.map(([name]) => [name, size]));
  };
  const [anchor] = (await gatherRows(own, questions, await widths(own, 1))).values();
  const found = await gatherRows(other, questions, await widths(other, LOOKED_AT));
  if (!anchor || found.size === 0) return undefined;
  const wanted = rowLengths(anchor, size);
  const [best] = [...found.values()]
    .map((rows) => ({ rows, off: unevenness(wanted, rowLengths(rows, size)) }))
    .sort((a, b) => a.off - b.off);
  return rotationOnto(anchor, best!.rows, size, products);
}

/** Tokens from all over the vocabulary, in texts of one length. */
function tokenQuestions(vocabulary: number, size: number, length: number): Question[] {
  const count = Math.min(vocabulary, TOKENS_PER_DIMENSION * size);
  const texts = Math.ceil(count / length);
  return Array.from({ length: texts }, (_, text) =>
    Array.from({ length }, (__, i) => Math.floor((((text * length + i) % count) * vocabulary) / count)),
  );
}

function rowLengths(rows: Float32Array, size: number): Float64Array {
  const lengths = new Float64Array(rows.length / size);
  for (let i = 0; i < rows.length; i++) lengths[Math.floor(i / size)]! += rows[i]! ** 2;
  return lengths.map(Math.sqrt);
}

/** How far lengths are from being another's in one proportion: deviation of the quotients against their mean. */
function unevenness(a: Float64Array, b: Float64Array): number {
  const quotients = b.map((value, i) => value / Math.max(Number.MIN_VALUE, a[i]!));
  const mean = quotients.reduce((sum, value) => sum + value, 0) / quotients.length;
  const off = quotients.reduce((sum, value) => sum + (value - mean) ** 2, 0) / quotients.length;
  return mean > 0 && Number.isFinite(off) ? Math.sqrt(off) / mean : Infinity;
}
