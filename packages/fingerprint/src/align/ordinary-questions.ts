import { cutItems } from '../subject/classifier-view.ts';
import { cutWindows } from '../subject/language-view.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { questionOf } from '../suspect/open-suspect.ts';
import type { Question } from '../suspect/asking.ts';

/** Positions that neurons are compared at for each neuron, and at least and at most in all. */
const [PER_NEURON, LEAST, MOST] = [3, 2048, 16_384];

/**
 * Questions of one length at which two models' neurons are compared: ordinary text, or the given prompts of the
 * commonest length where there is none.
 */
export function ordinaryQuestions(
  subject: Subject,
  ordinary: Ordinary | undefined,
  prompts: readonly Prompt[],
): Question[] {
  const positions = Math.max(LEAST, Math.min(MOST, PER_NEURON * subject.inspection.site.keySize));
  if (ordinary)
    return subject.inspection.kind === 'language'
      ? cutWindows(subject, Int32Array.from(ordinary), positions)
      : cutItems(subject, ordinary, positions);
  const byLength = Map.groupBy(prompts.map(questionOf), ({ length }) => length);
  return [...byLength.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}
