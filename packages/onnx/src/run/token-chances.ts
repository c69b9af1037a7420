import type { Tokenizer } from './tokenizer.ts';

export interface TokenChance {
  /** Its text after the token before; bytes that are no whole character are U+FFFD. */
  token: string;
  /** Natural logarithm of its chance at a temperature of 1. */
  logprob: number;
}

/** A token that was drawn, beside the likeliest ones. */
export interface DrawnToken extends TokenChance {
  top: TokenChance[];
}

/** How likely a drawn token was, and the `count` likeliest, by the scores that it was drawn from. */
export function drawnToken(
  tokenizer: Pick<Tokenizer, 'decode'>,
  { id, before, scores, count }: { id: number; before: number | undefined; scores: Float32Array; count: number },
): DrawnToken {
  const most = scores.reduce((max, each) => Math.max(max, each), -Infinity);
  const sum = scores.reduce((total, each) => total + Math.exp(each - most), 0);
  const chance = (of: number): TokenChance => ({
    token: textAfter(tokenizer, before, of),
    logprob: scores[of]! - most - Math.log(sum),
  });
  return { ...chance(id), top: likeliest(scores, count).map(chance) };
}

/** Some tokenizers drop the blank before a first token. */
function textAfter(tokenizer: Pick<Tokenizer, 'decode'>, before: number | undefined, id: number): string {
  const alone = tokenizer.decode([id]);
  if (before === undefined) return alone;
  const anchor = tokenizer.decode([before]);
  const both = tokenizer.decode([before, id]);
  return both.startsWith(anchor) ? both.slice(anchor.length) : alone;
}

/** By falling score; at equal ones the lower id first. */
function likeliest(scores: Float32Array, count: number): number[] {
  const top: number[] = [];
  for (let id = 0; id < scores.length && count > 0; id++) {
    if (scores[id] === -Infinity || (top.length === count && !(scores[id]! > scores[top.at(-1)!]!))) continue;
    const at = top.findIndex((other) => scores[id]! > scores[other]!);
    top.splice(at < 0 ? top.length : at, 0, id);
    if (top.length > count) top.pop();
  }
  return top;
}
