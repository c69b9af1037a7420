import { sampleToken } from '@oml/onnx/sampling';
import { openTextScorer, type TextScorer } from '../subject/text-scorer.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { TextPrompt } from '../subject/prompt.ts';
import type { Subject } from '../subject/subject.ts';
import type { SecretRandom } from './secret.ts';

export interface TextOptions extends Progress {
  /** Sampling temperature. */
  temperature?: number;
}

const TEXTS_PER_RUN = 128;

/** Texts of one length, start token not counted, that the model writes from random first words. */
export async function writeTexts(
  subject: Subject,
  random: SecretRandom,
  count: number,
  length: number,
  options: TextOptions = {},
): Promise<number[][]> {
  const scorer = await openTextScorer(subject);
  try {
    return await write(subject, scorer, random, count, length, options);
  } finally {
    await scorer.dispose();
  }
}

async function write(
  subject: Subject,
  scorer: TextScorer,
  random: SecretRandom,
  count: number,
  length: number,
  options: TextOptions,
): Promise<number[][]> {
  const start = subject.tokenizer!.encode('');
  const words = textTokens(subject);
  const special = subject.tokenizer!.specialIds;
  const word = () => words[random.below(words.length)]!;
  const texts: number[][] = [];
  const scratch = new Float64Array(subject.inspection.outcomes);
  while (texts.length < count) {
    report(options, 'keys', texts.length / count);
    let batch = Array.from({ length: Math.min(TEXTS_PER_RUN, count - texts.length) }, () => [...start, word()]);
    while (batch[0]!.length < start.length + length) {
      const scores = await scorer.score(batch);
      const outcomes = scores.length / batch.length;
      batch = batch.map((ids, i) => {
        const id = sampleToken(scores.subarray(i * outcomes, (i + 1) * outcomes), {
          temperature: options.temperature ?? 1,
          topP: 1,
          random: random.uniform,
          scratch,
        });
        return [...ids, special.has(id) ? word() : id];
      });
    }
    texts.push(...batch);
  }
  return texts;
}

/** Tokens that are text by themselves: no control marks, no parts of characters. */
export function textTokens({ inspection, tokenizer }: Subject): number[] {
  const ids = Array.from({ length: inspection.outcomes }, (_, id) => id);
  return ids.filter(
    (id) =>
      !tokenizer!.specialIds.has(id) &&
      /\S/.test(tokenizer!.decode([id])) &&
      !tokenizer!.decode([id]).includes('\uFFFD'),
  );
}

/** The prompt that a host reads to exactly these ids; undefined where there is none. */
export function promptOf({ tokenizer }: Subject, ids: readonly number[]): TextPrompt | undefined {
  const text = tokenizer!.decode(ids.slice(tokenizer!.encode('').length));
  const again = tokenizer!.encode(text);
  const isSame = again.length === ids.length && again.every((id, i) => id === ids[i]);
  return isSame && text.trim() !== '' ? { kind: 'text', text, ids: again } : undefined;
}
