import { findAttention, type Attention } from '../inspect/attention.ts';
import { exposeTensors, returnTensors } from '../inspect/graph.ts';
import { uncached, type Inspection } from '../inspect/inspection.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { cacheGraph, type HeadSizes } from '../rewrite/cache.ts';
import { cachedDecoder } from './cached-decoder.ts';
import { plainDecoder, type Decoder } from './decoder.ts';
import { feedTokens } from './feeds.ts';
import type { Engine, Runner } from './runner.ts';
import { seededRandom } from './seeded-random.ts';

/** Scores with and without caches are at most this far apart; a key leads by a whole logit or more. */
export const MOST_APART = 1e-3;

/** Lengths of the texts that are compared, and how many tokens each grows by while it is. */
const PROVEN_LENGTHS = [1, 11, 5, 24];
const PROVEN_STEPS = 9;

interface Opening {
  model: OnnxModel;
  inspection: Inspection;
  contextLength: number;
  engine: Engine;
}

/**
 * A decoder that keeps caches, proven by comparing its scores with those of the file as it stands on random texts that
 * come and go; the plain one, and `why`, where the graph is not understood or the scores differ. The file itself is
 * never changed. Throws what the engine throws for the file as it stands.
 */
export async function openDecoder(opening: Opening): Promise<{ decoder: Decoder; why?: string }> {
  const { model, inspection, engine } = opening;
  const attention = attentionOf(opening);
  if (typeof attention === 'string')
    return { decoder: plainDecoder(await engine.open(model.bytes), inspection), why: attention };
  const plain = await engine.open(exposeTensors(model, attention.flatMap(namesOf)));
  const reference = plainDecoder(plain, inspection);
  let cached: Decoder | undefined;
  try {
    cached = await openCached(opening, attention, plain);
    await prove(cached, reference, opening);
    await reference.dispose();
    return { decoder: cached };
  } catch (error) {
    await cached?.dispose();
    return { decoder: reference, why: reasonOf(error) };
  }
}

const namesOf = ({ keys, values }: Attention): string[] => [keys, values];
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a graph's attention is, or why it is not understood. */
function attentionOf({ model, inspection }: Opening): Attention[] | string {
  try {
    return findAttention(model, inspection);
  } catch (error) {
    return reasonOf(error);
  }
}

async function openCached(opening: Opening, attention: readonly Attention[], plain: Runner): Promise<Decoder> {
  const { model, inspection, contextLength, engine } = opening;
  await checkMasks(opening, [...new Set(attention.map(({ mask }) => mask))]);
  const sizes = await headSizes(attention, plain, inspection);
  const { file, slots } = cacheGraph(model, inspection, attention, sizes);
  return cachedDecoder({ ...sizes, runner: await engine.open(file), slots, inspection, contextLength });
}

/** Longer texts are not looked at: their masks would take gigabytes. */
const MOST_MASKED = 4_096;
/** What a mask adds is nothing, or so much that it hides a score. */
const [OPEN, HIDDEN] = [1e-6, -1e3];

/** Throws MODEL_UNSUPPORTED unless masks hide what is to come, and nothing else, up to the end of the context. */
async function checkMasks({ model, inspection, contextLength, engine }: Opening, names: string[]): Promise<void> {
  const length = Math.min(contextLength, MOST_MASKED);
  const runner = await engine.open(returnTensors(model, names));
  try {
    const feeds = Object.entries(feedTokens(inspection, [Array.from({ length }, () => 0)]));
    const made = await runner.run(
      Object.fromEntries(feeds.filter(([name]) => runner.inputNames.includes(name))),
      names,
    );
    for (const { data } of Object.values(made)) if (!isCausal(data, length)) throw uncached('its mask is another one');
  } finally {
    await runner.dispose();
  }
}

function isCausal(mask: Float32Array, length: number): boolean {
  if (mask.length !== length ** 2) return false;
  for (let row = 0, i = 0; row < length; row++)
    for (let column = 0; column < length; column++, i++)
      if (!(column <= row ? Math.abs(mask[i]!) <= OPEN : mask[i]! <= HIDDEN)) return false;
  return true;
}

/** Throws MODEL_UNSUPPORTED unless all attention is float32, of one text and one size. */
async function headSizes(attention: readonly Attention[], plain: Runner, inspection: Inspection): Promise<HeadSizes> {
  const length = 3;
  const probe = feedTokens(inspection, [Array.from({ length }, (_, i) => i % inspection.outcomes)]);
  const names = attention.flatMap(namesOf);
  const made = await plain.runTensors(probe, [...new Set(names)]);
  const [, heads = 0, headSize = 0] = made[names[0]!]!.dims;
  const fits = attention.every(
    ({ keys, values }) =>
      made[keys]!.dtype === 'float32' &&
      made[values]!.dtype === 'float32' &&
      String(made[keys]!.dims) === String([1, heads, headSize, length]) &&
      String(made[values]!.dims) === String([1, heads, length, headSize]),
  );
  if (!fits) throw uncached('its attention is not float32 of one size');
  return { heads, headSize };
}

/** Throws MODEL_UNSUPPORTED where the two disagree on texts of several lengths, one of which leaves half-way. */
async function prove(cached: Decoder, reference: Decoder, { inspection, contextLength }: Opening): Promise<void> {
  const random = seededRandom(1);
  const token = () => Math.floor(random() * inspection.outcomes);
  const texts = PROVEN_LENGTHS.map((length) => ({
    ids: Array.from({ length: Math.max(1, Math.min(length, contextLength - PROVEN_STEPS)) }, token),
  }));
  const steps = Math.min(PROVEN_STEPS, contextLength);
  for (let step = 0; step < steps; step++) {
    if (step === Math.floor(PROVEN_STEPS / 2)) cached.forget(texts.shift()!);
    const [found, wanted] = [await cached.next(texts), await reference.next(texts)];
    const apart = Math.max(...found.map((scores, i) => furthest(scores, wanted[i]!)));
    if (!(apart <= MOST_APART)) throw uncached(`with caches its scores would be ${apart.toPrecision(2)} apart`);
    for (const { ids } of texts) ids.push(token());
  }
  for (const text of texts) cached.forget(text);
}

/** NaN where one of them is none. */
function furthest(a: Float32Array, b: Float32Array): number {
  let most = a.length === b.length ? 0 : NaN;
  for (let i = 0; i < a.length; i++) {
    const apart = Math.abs(a[i]! - b[i]!);
    if (!(apart <= most)) most = apart;
  }
  return most;
}
