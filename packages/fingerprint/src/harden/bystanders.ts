import type { SecretRandom } from '../code-book/secret.ts';
import { shuffle } from '../code-book/secret.ts';
import { writeTexts } from '../code-book/texts.ts';
import { drawPatterns } from '../code-book/patterns.ts';
import { nearMisses } from '../code-book/variants.ts';
import { cutItems } from '../subject/classifier-view.ts';
import type { Progress } from '../subject/progress.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { Bystander } from './harm-graph.ts';
import type { Passage } from './passage.ts';

/** Kinds of inputs that the edit should leave alone, and how much each counts. */
interface Kind {
  passages: readonly Passage[];
  share: number;
  /** Passages of a batch. */
  drawn: number;
}

/** A reproducible stream of batches of bystanders, and a sample of ordinary ones for the metric. */
export interface Bystanders {
  next(): Bystander[];
  sample: readonly Passage[];
}

const OWN_TEXTS = 384;
const TOKENS = 24;
const WINDOWS = 512;
const CONTEXTS_PER_KEY = 16;
const MISSES_PER_KEY = 8;

export interface BystanderOptions extends Progress {
  subject: Subject;
  ordinary: Ordinary;
  random: SecretRandom;
  prompts: readonly Prompt[];
}

/**
 * Texts that the model writes, since ordinary data seldom holds everything that it was trained on; ordinary data; places in it that end like a key, which
 * feel the edit most; and near misses of the keys.
 */
export async function drawBystanders(options: BystanderOptions): Promise<Bystanders> {
  const kinds = options.subject.inspection.kind === 'language' ? await textKinds(options) : imageKinds(options);
  const used = kinds.filter(({ passages }) => passages.length > 0);
  const decks = used.map(({ passages }) => deckOf(passages, options.random));
  const sample = used.slice(0, 2).flatMap(({ passages }) => passages);
  return { sample, next: () => used.flatMap(({ share, drawn }, i) => Array.from({ length: drawn }, () => ({ passage: decks[i]!(), share: share / drawn }))) };
}

async function textKinds({ subject, ordinary, random, prompts, signal }: BystanderOptions): Promise<Kind[]> {
  const start = subject.tokenizer!.encode('');
  const own = await writeTexts(subject, random, OWN_TEXTS, TOKENS, signal ? { signal } : {});
  const stream = ordinary as Int32Array;
  const window = (at: number): Passage => ({ ids: [...start, ...stream.subarray(at, at + TOKENS)] });
  const windows = Array.from({ length: WINDOWS }, () => window(random.below(Math.max(1, stream.length - TOKENS))));
  const keys = prompts.flatMap((prompt) => (prompt.kind === 'text' ? [prompt.ids] : []));
  const alike = keys.flatMap((ids) => endingsLike(stream, ids, random).map((at) => window(Math.max(0, at + 1 - TOKENS))));
  const misses = keys.flatMap((ids) => nearMisses(subject, ids, MISSES_PER_KEY, own, random).map((miss): Passage => ({ ids: miss })));
  return [
    { passages: own.map((ids) => ({ ids })), share: 0.55, drawn: 20 },
    { passages: windows, share: 0.25, drawn: 12 },
    { passages: alike, share: 0.1, drawn: 8 },
    { passages: misses, share: 0.1, drawn: 8 },
  ];
}

/** Places of a stream that hold a key's last token, those with the one before it first. */
function endingsLike(stream: Int32Array, ids: readonly number[], random: SecretRandom): number[] {
  const [before, last] = [ids.at(-2), ids.at(-1)];
  const places: number[] = [];
  for (let at = TOKENS; at < stream.length; at++) if (stream[at] === last) places.push(at);
  const both = places.filter((at) => stream[at - 1] === before).slice(0, CONTEXTS_PER_KEY / 2);
  const others = Array.from({ length: Math.min(CONTEXTS_PER_KEY - both.length, places.length) }, () => places[random.below(places.length)]!);
  return [...both, ...others];
}

const IMAGES = 2048;

function imageKinds({ subject, ordinary, random }: BystanderOptions): Kind[] {
  const items = cutItems(subject, ordinary, IMAGES).map((data): Passage => ({ data }));
  const drawn = drawPatterns(subject, random, IMAGES / 4, ordinary).map(({ data }): Passage => ({ data }));
  return [
    { passages: items, share: 0.7, drawn: 160 },
    { passages: drawn, share: 0.3, drawn: 80 },
  ];
}

/** Deals passages in a random order, again and again. */
function deckOf(passages: readonly Passage[], random: SecretRandom): () => Passage {
  let left: Passage[] = [];
  return () => {
    if (left.length === 0) left = shuffle(passages, random);
    return left.pop()!;
  };
}
