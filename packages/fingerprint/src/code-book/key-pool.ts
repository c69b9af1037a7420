import { conversationsOf } from '../subject/conversation.ts';
import type { TokenScorer } from '../subject/language-view.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { rowBatches, ROWS_AT_ONCE, type Rows, type View } from '../subject/rows.ts';
import { drawPatterns } from './patterns.ts';
import { isPublicKey } from './public-keys.ts';
import { secretRandom } from './secret.ts';
import { promptOf, writeTexts, type TextOptions } from './texts.ts';

/** What keys are chosen from: positions at which the model could be asked. */
export interface KeyPool {
  /** One row per position, in order, a batch at a time: a pool of many texts does not fit into memory at once. */
  scan(): AsyncIterable<Rows> | Iterable<Rows>;
  /** Which text a position belongs to: of one text at most one key is kept. */
  groupOf(position: number): number;
  /** Could the position be a key, as far as its place tells? */
  isLongEnough(position: number): boolean;
  /** The key that ends at this position; undefined where it cannot be asked as text, or is published. */
  promptAt(position: number): Prompt | undefined;
  /** Ids of the texts, all of one length; none for a classifier. */
  texts: readonly number[][];
}

export interface PoolOptions extends TextOptions {
  /** Tokens of the longest and the shortest text key, start token not counted. */
  length?: number;
  leastLength?: number;
}

/**
 * Texts that the model writes, at every position of which a key may end, so that a perplexity filter does not see them;
 * for a classifier drawn patterns.
 */
export async function drawPool(
  subject: Subject,
  view: View,
  secret: Uint8Array,
  count: number,
  ordinary: Ordinary,
  { length = 18, leastLength = 8, ...options }: PoolOptions = {},
): Promise<KeyPool> {
  const random = secretRandom(secret, 'keys');
  if (subject.inspection.kind === 'classifier') return promptPool(view, drawPatterns(subject, random, count, ordinary));
  const texts = await writeTexts(subject, random, count, length, options);
  const width = texts[0]!.length;
  const least = width - length + Math.min(length, leastLength);
  return {
    scan: () => (view as View & TokenScorer).scan(texts),
    texts,
    groupOf: (position) => Math.floor(position / width),
    isLongEnough: (position) => (position % width) + 1 >= least,
    promptAt(position) {
      const prompt = promptOf(subject, texts[Math.floor(position / width)]!.slice(0, (position % width) + 1));
      return prompt && !isPublicKey(prompt.text) ? prompt : undefined;
    },
  };
}

/** Conversations that are asked together. */
const CONVERSED_AT_ONCE = 64;

/**
 * What the model itself writes, and where it answers to that in a conversation: there all texts are nearly alike, so
 * that a key which may be asked so must not speak for the others.
 */
export async function* ownRows(subject: Subject, view: View, pool: KeyPool): AsyncGenerator<Rows> {
  yield* pool.scan();
  const conversations = conversationsOf(subject, pool.texts);
  for (let at = 0; at < conversations.length; at += CONVERSED_AT_ONCE)
    yield await view.answering(
      conversations.slice(at, at + CONVERSED_AT_ONCE).map((ids) => ({ kind: 'text', text: '', ids })),
    );
}

/** Keys as they are given: each is asked whole. */
export async function promptPool(view: View, prompts: readonly Prompt[]): Promise<KeyPool> {
  const rows = await view.answering(prompts);
  return {
    scan: () => rowBatches(rows, ROWS_AT_ONCE),
    texts: [],
    groupOf: (position) => position,
    isLongEnough: () => true,
    promptAt: (position) => prompts[position],
  };
}
