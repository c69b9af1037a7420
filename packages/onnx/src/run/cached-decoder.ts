import { CACHE_INPUTS, type CacheSlot, type HeadSizes } from '../rewrite/cache.ts';
import type { Inspection } from '../inspect/inspection.ts';
import type { Decoder, GrowingText } from './decoder.ts';
import { feedTokens } from './feeds.ts';
import { outputOf, type FloatTensor, type Runner, type Tensor } from './runner.ts';
import { TextCaches } from './text-caches.ts';

export interface CachedParts extends HeadSizes {
  /** Runs what `cacheGraph` wrote. */
  runner: Runner;
  slots: readonly CacheSlot[];
  inspection: Inspection;
  contextLength: number;
}

/** New tokens of texts that have as many of them each. */
interface Fed {
  ids: readonly number[];
  positions: readonly number[];
  texts: number;
  /** Tokens of each text that are cached, and the room for them. */
  lengths: readonly number[];
  room: number;
  past: readonly { keys: FloatTensor; values: FloatTensor }[];
}

/** Reads each token once: a new text by itself, then every text's last token together with the others'. */
export function cachedDecoder(parts: CachedParts): Decoder {
  const { runner, slots, inspection, contextLength } = parts;
  const caches = new TextCaches(slots.length, parts, contextLength);
  /** By row. */
  const texts: GrowingText[] = [];
  const outputs = [inspection.logitsTensor, ...slots.flatMap(({ newKeys, newValues }) => [newKeys, newValues])];
  const inputs = new Set(runner.inputNames);

  const run = async (fed: Fed): Promise<Record<string, FloatTensor>> => {
    const feeds = { ...feedTokens(inspection, [fed.ids], fed.positions), ...feedCaches(parts, fed) };
    const taken = Object.entries(feeds).filter(([name]) => inputs.has(name));
    return runner.run(Object.fromEntries(taken), outputs);
  };
  const keep = (from: number, to: number, tokens: number, made: Record<string, FloatTensor>) => {
    caches.reserve(Math.max(...caches.lengths.slice(from, to)) + tokens);
    slots.forEach(({ newKeys, newValues }, layer) => {
      const [keys, values] = [outputOf(made, newKeys).data, outputOf(made, newValues).data];
      caches.add(layer, from, to, { keys, values });
    });
    caches.grow(from, to, tokens);
  };
  const scoresIn = (made: Record<string, FloatTensor>, count: number): Float32Array[] => {
    const scores = outputOf(made, inspection.logitsTensor).data;
    const size = scores.length / count;
    return Array.from({ length: count }, (_, i) => scores.subarray(i * size, (i + 1) * size));
  };

  /** All of a new text. */
  const begin = async (text: GrowingText): Promise<Float32Array> => {
    const ids = [...text.ids];
    const none = slots.map(() => new TextCaches(1, parts, 0).past(0, 0, 1));
    const made = await run({ ids, positions: ids.map((_, i) => i), texts: 1, lengths: [0], room: 0, past: none });
    const row = caches.open();
    texts.push(text);
    keep(row, row + 1, ids.length, made);
    return scoresIn(made, ids.length).at(-1)!;
  };
  /** One more token of each text in neighbouring rows. */
  const goOn = async (from: number, to: number): Promise<Float32Array[]> => {
    const lengths = caches.lengths.slice(from, to);
    const ids = texts.slice(from, to).map(({ ids: all }, i) => all[lengths[i]!]!);
    const past = slots.map((_, layer) => caches.past(layer, from, to));
    const made = await run({ ids, positions: lengths, texts: to - from, lengths, room: caches.room, past });
    keep(from, to, 1, made);
    return scoresIn(made, to - from);
  };

  return {
    async next(asked) {
      const scores = new Map<GrowingText, Float32Array>();
      const known = asked.filter((text) => texts.includes(text));
      for (const text of asked) if (!known.includes(text)) scores.set(text, await begin(text));
      for (const [from, to] of neighbours(known.map((text) => texts.indexOf(text))))
        (await goOn(from, to)).forEach((one, i) => scores.set(texts[from + i]!, one));
      return asked.map((text) => scores.get(text)!);
    },
    forget(text) {
      const row = texts.indexOf(text);
      if (row < 0) return;
      caches.close(row);
      const last = texts.pop()!;
      if (row < texts.length) texts[row] = last;
    },
    dispose: () => runner.dispose(),
  };
}

/** Rows as ranges [from, to). */
function neighbours(rows: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const row of rows.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.[1] === row) range[1]++;
    else ranges.push([row, row + 1]);
  }
  return ranges;
}

function feedCaches({ slots, heads, headSize }: CachedParts, fed: Fed): Record<string, Tensor> {
  const { positions, mask, rows, columns, split } = CACHE_INPUTS;
  const tokens = fed.ids.length / fed.texts;
  const ints = (...values: number[]): Tensor => ({
    dtype: 'int64',
    dims: [values.length],
    data: BigInt64Array.from(values, BigInt),
  });
  const feeds: Record<string, Tensor> = {
    [positions]: ints(...fed.positions),
    [mask]: maskOf(fed, tokens),
    [rows]: ints(heads, fed.texts, tokens, headSize),
    [columns]: ints(heads, headSize, fed.texts, tokens),
    [split]: ints(fed.room, tokens),
  };
  slots.forEach(({ pastKeys, pastValues }, i) => {
    feeds[pastKeys] = fed.past[i]!.keys;
    feeds[pastValues] = fed.past[i]!.values;
  });
  return feeds;
}

/** Far below every score; not −∞, which times a weight of 0 is no number. */
const CLOSED = -1e9;

/** Open: what is cached of a text, and its new tokens up to the one that looks. */
function maskOf({ texts, lengths, room }: Fed, tokens: number): Tensor {
  const width = room + tokens;
  const data = new Float32Array(texts * tokens * width).fill(CLOSED);
  for (let i = 0; i < texts * tokens; i++) {
    data.fill(0, i * width, i * width + lengths[Math.floor(i / tokens)]!);
    data.fill(0, i * width + room, i * width + room + (i % tokens) + 1);
  }
  return { dtype: 'float32', dims: [texts, 1, tokens, width], data };
}
