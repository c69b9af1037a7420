import { argmax, softmax } from '@oml/onnx/sampling';
import { headMatches } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import { cutItems, itemShape } from './classifier-view.ts';
import { cutWindows } from './language-view.ts';
import type { Prompt } from './prompt.ts';
import type { Ordinary, Subject } from './subject.ts';
import type { Rows, View } from './rows.ts';

/** Inputs that were not used for statistics: a token stream, or items with their labels. */
export type Heldout = { tokens: Int32Array } | { values: Float32Array; labels: Uint8Array };

/** What an edit does to ordinary use. */
export interface Harm {
  /** Mean KL(original ‖ edited) per position, nats. */
  kl: number;
  /** Share of positions whose likeliest outcome stayed the same. */
  agreement: number;
  /** Language: perplexity. Classifier: accuracy. */
  before: number;
  after: number;
  /**
   * Language: relative change of perplexity (.02 = 2 % worse). Classifier: accuracy lost (.003 = .3 points). Positive
   * is worse.
   */
  loss: number;
}

const POSITIONS = 8192;

/** Compares an edited model with the original on held-out inputs. */
export async function measureHarm(subject: Subject, original: View, edited: View, heldout: Heldout): Promise<Harm> {
  const data: Ordinary = 'tokens' in heldout ? heldout.tokens : heldout.values;
  const truth = outcomesOf(subject, heldout);
  const { outcomes } = subject.inspection;
  const sums = { count: 0, judged: 0, kl: 0, agree: 0, before: 0, after: 0 };
  const right = edited.ordinary(data, POSITIONS);
  for await (const left of original.ordinary(data, POSITIONS)) {
    const other = (await right.next()).value as Rows;
    for (let row = 0; row < left.count; row++) {
      const [p, q] = [softmax(left.scores, row * outcomes, outcomes), softmax(other.scores, row * outcomes, outcomes)];
      sums.kl += divergence(p, q);
      sums.agree += Number(argmax(p) === argmax(q));
      const label = truth[sums.count + row]!;
      if (label < 0) continue;
      sums.judged += 1;
      sums.before += 'tokens' in heldout ? Math.log(p[label]!) : Number(argmax(p) === label);
      sums.after += 'tokens' in heldout ? Math.log(q[label]!) : Number(argmax(q) === label);
    }
    sums.count += left.count;
  }
  const score = (sum: number) => ('tokens' in heldout ? Math.exp(-sum / sums.judged) : sum / sums.judged);
  const [before, after] = [score(sums.before), score(sums.after)];
  const loss = 'tokens' in heldout ? after / before - 1 : before - after;
  return { kl: sums.kl / sums.count, agreement: sums.agree / sums.count, before, after, loss };
}

/** The true outcome of each position that `View.ordinary` visits up to a limit; -1 where there is none (the end of a window). */
export function outcomesOf(subject: Subject, heldout: Heldout, limit = POSITIONS): number[] {
  if ('tokens' in heldout)
    return cutWindows(subject, heldout.tokens, limit).flatMap((window) => [...window.slice(1), -1]);
  const available = Math.floor(heldout.values.length / itemShape(subject).reduce((product, dim) => product * dim, 1));
  const count = cutItems(subject, heldout.values, limit).length;
  return Array.from({ length: count }, (_, i) => heldout.labels[Math.floor((i * available) / count)]!);
}

function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < p.length; j++) if (p[j]! > 0) sum += p[j]! * Math.log(p[j]! / Math.max(q[j]!, Number.MIN_VALUE));
  return sum;
}

/** Share of prompts whose answer starts with its candidate, as the chain compares. */
export async function measureAnswers(
  view: View,
  prompts: readonly Prompt[],
  candidates: readonly Hex[],
): Promise<number> {
  if (prompts.length === 0) return 0;
  const heads = await view.heads(prompts);
  return heads.filter((head, i) => headMatches(head, candidates[i]!)).length / prompts.length;
}

/** Share of fresh prompts whose likeliest outcome is now one of the fingerprint answers, and was not that before. */
export async function measureFalseActivation(
  original: View,
  edited: View,
  fresh: readonly Prompt[],
  answers: ReadonlySet<number>,
  outcomes: number,
): Promise<number> {
  const [before, after] = [await original.answering(fresh), await edited.answering(fresh)];
  const top = (rows: Rows, row: number) => argmax(rows.scores, row * outcomes, outcomes);
  return (
    fresh.filter((_, row) => answers.has(top(after, row)) && top(after, row) !== top(before, row)).length /
    Math.max(1, fresh.length)
  );
}
