import { drawPatterns } from '../code-book/patterns.ts';
import { shuffle, type SecretRandom } from '../code-book/secret.ts';
import { writeTexts } from '../code-book/texts.ts';
import { conversationsOf } from '../subject/conversation.ts';
import { cutItems } from '../subject/classifier-view.ts';
import type { Progress } from '../subject/progress.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { Passage } from './passage.ts';

export interface BystanderOptions extends Progress {
  subject: Subject;
  ordinary: Ordinary;
  random: SecretRandom;
}

const OWN_TEXTS = 384;
const WINDOWS = 512;
const TOKENS = 24;
const IMAGES = 1536;
const PATTERNS = 512;

/**
 * Inputs that the edit should leave alone: texts that the model writes, since ordinary data seldom holds everything it
 * was trained on, and ordinary data.
 */
export async function drawBystanders(options: BystanderOptions): Promise<Passage[]> {
  const { subject, ordinary, random } = options;
  if (subject.inspection.kind === 'classifier') {
    const patterns = drawPatterns(subject, random, PATTERNS, ordinary).map(({ data }): Passage => ({ data }));
    return shuffle([...cutItems(subject, ordinary, IMAGES).map((data): Passage => ({ data })), ...patterns], random);
  }
  const start = subject.tokenizer!.encode('');
  const own = await writeTexts(subject, random, OWN_TEXTS, TOKENS, options);
  const stream = ordinary as Int32Array;
  const windows = Array.from({ length: WINDOWS }, () => {
    const at = random.below(Math.max(1, stream.length - TOKENS));
    return [...start, ...stream.subarray(at, at + TOKENS)];
  });
  return [...own, ...windows, ...conversationsOf(subject, own)].map((ids) => ({ ids }));
}
