import { OmlError } from '@oml/protocol/error';
import type { LanguageTarget, Scored } from '../target/language-target.ts';
import type { ItemOf, Task, TaskKind } from './suite-file.ts';

/** Asks one item of a task, behind its examples; true where the answer is right. */
export async function isAnswered(
  task: Task,
  item: ItemOf<TaskKind>,
  examples: string,
  target: LanguageTarget,
): Promise<boolean> {
  const before = task.prompt + examples;
  if ('choices' in item) {
    const scores = [];
    for (const choice of item.choices) scores.push(await target.score(before + item.query, behind(task, choice)));
    return likeliest(scores) === item.gold;
  }
  if ('context_options' in item) {
    const scores = [];
    for (const context of item.context_options)
      scores.push(await target.score(before + context, behind(task, item.continuation)));
    return likeliest(scores) === item.gold;
  }
  if ('continuation' in item) {
    const { isGreedy } = await target.score(before + item.context, behind(task, item.continuation));
    if (isGreedy !== undefined) return isGreedy;
    throw new OmlError('MODEL_UNSUPPORTED', `${task.name} needs to know which tokens are likeliest (top_logprobs).`);
  }
  const said = plain(
    await target.generate(before + item.context + task.delimiter.trimEnd(), task.maxTokens, task.stop),
  );
  return [item.answer, ...item.aliases].map(plain).some((answer) => answer !== '' && said.startsWith(answer));
}

/** An item with its answer, as an example for others. */
export function exampleOf(task: Task, item: ItemOf<TaskKind>): string {
  if ('choices' in item) return item.query + behind(task, item.choices[item.gold]!);
  if ('context_options' in item) return item.context_options[item.gold]! + behind(task, item.continuation);
  if ('continuation' in item) return item.context + behind(task, item.continuation);
  return item.context + behind(task, item.answer);
}

/** An answer behind its question. */
const behind = ({ delimiter }: Task, answer: string): string => (/^\s/.test(answer) ? answer : delimiter + answer);

/** The option whose tokens are likeliest on the mean, the first one on a tie. */
function likeliest(scores: readonly Scored[]): number {
  const means = scores.map(({ logProb, tokens }) => logProb / tokens);
  return means.indexOf(Math.max(...means));
}

/** Without case, punctuation, articles and odd blanks, as answers to questions are compared. */
export const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\p{P}\p{S}]/gu, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
