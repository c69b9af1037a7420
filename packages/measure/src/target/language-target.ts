/** How likely a model holds a continuation. */
export interface Scored {
  /** Natural logarithm of the chance of all its tokens, one after another. */
  logProb: number;
  tokens: number;
  /** Is every token the likeliest one at its place? Undefined where an endpoint does not tell. */
  isGreedy: boolean | undefined;
}

/** A language model to be measured: a file, or an endpoint. */
export interface LanguageTarget {
  /** Throws PROMPT_TOO_LONG where the continuation alone does not fit; a context loses its beginning. */
  score(context: string, continuation: string): Promise<Scored>;
  /** The likeliest tokens, one after another, as text. */
  generate(prompt: string, maxTokens: number, stop?: readonly string[]): Promise<string>;
  close(): Promise<void>;
}
