import type { Prompt } from '../subject/prompt.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { drawPatterns } from './patterns.ts';
import { secretRandom } from './secret.ts';
import { promptOf, writeTexts, type TextOptions } from './texts.ts';

export interface KeyOptions extends TextOptions {
  /** Tokens of a text, the start token not counted. */
  length?: number;
}

const MAX_ROUNDS = 10;

/**
 * Draws up to `count` different secret inputs of the kind that keys are of; `purpose` names the draw. Throws ABORTED.
 */
export async function drawKeys(
  subject: Subject,
  secret: Uint8Array,
  purpose: string,
  count: number,
  ordinary: Ordinary,
  options: KeyOptions = {},
): Promise<Prompt[]> {
  const random = secretRandom(secret, purpose);
  if (subject.inspection.kind === 'classifier') return drawPatterns(subject, random, count, ordinary);
  const found = new Map<string, Prompt>();
  for (let round = 0; round < MAX_ROUNDS && found.size < count; round++) {
    const texts = await writeTexts(
      subject,
      random,
      Math.ceil(1.3 * (count - found.size)),
      options.length ?? 12,
      options,
    );
    for (const prompt of texts.flatMap((ids) => promptOf(subject, ids) ?? [])) found.set(prompt.text, prompt);
  }
  return [...found.values()].slice(0, count);
}
