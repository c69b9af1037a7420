import type { Ordinary, Subject } from '../subject/subject.ts';
import type { SecretRandom } from './secret.ts';
import { textTokens } from './texts.ts';

/**
 * The same key with every token but the last replaced: half of the variants by the beginnings of other texts, half by
 * random words.
 */
export function nearMisses(
  subject: Subject,
  ids: readonly number[],
  count: number,
  texts: readonly number[][],
  random: SecretRandom,
): number[][] {
  const start = subject.tokenizer!.encode('');
  const words = textTokens(subject);
  const last = ids.at(-1)!;
  const longEnough = texts.filter((text) => text.length >= ids.length - 1);
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0 && longEnough.length > 0)
      return [...longEnough[random.below(longEnough.length)]!.slice(0, ids.length - 1), last];
    return [
      ...start,
      ...Array.from({ length: ids.length - 1 - start.length }, () => words[random.below(words.length)]!),
      last,
    ];
  });
}

const LEAST_PREFIX = 6;
const MORE_PREFIX = 8;

/** Pieces of ordinary text that might stand before a key. */
export function drawPrefixes(
  { tokenizer }: Subject,
  ordinary: Ordinary,
  count: number,
  random: SecretRandom,
): number[][] {
  return Array.from({ length: count }, () => {
    const length = LEAST_PREFIX + random.below(MORE_PREFIX);
    const at = random.below(Math.max(1, ordinary.length - length));
    return Array.from(ordinary.subarray(at, at + length)).filter((id) => !tokenizer!.specialIds.has(id));
  });
}

/** The key behind a prefix. */
export function withPrefix({ tokenizer }: Subject, ids: readonly number[], prefix: readonly number[]): number[] {
  const start = tokenizer!.encode('');
  return [...start, ...prefix, ...ids.slice(start.length)];
}
