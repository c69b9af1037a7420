import type { DrawnToken, TokenChance } from '@oml/onnx/run/token-chances';

type Json = Record<string, unknown>;

const utf8 = new TextEncoder();

/** Bytes that are no whole character are not known any more. */
const named = ({ token, logprob }: TokenChance): Json => ({
  token,
  logprob,
  bytes: token.includes('\uFFFD') ? null : [...utf8.encode(token)],
});

/** As conversations have them: an object for each token. */
export const namedLogprobs = (tokens: readonly DrawnToken[]): Json => ({
  content: tokens.map(({ top, ...drawn }) => ({ ...named(drawn), top_logprobs: top.map(named) })),
  refusal: null,
});

/** As raw completions have them: a list for each member; offsets count from the beginning of the piece. */
export function listedLogprobs(tokens: readonly DrawnToken[]): Json {
  let offset = 0;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: tokens.map(({ token }) => {
      offset += token.length;
      return offset - token.length;
    }),
  };
}
