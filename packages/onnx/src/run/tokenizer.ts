import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { OmlError } from '@oml/protocol/error';

/**
 * Text to token ids and back. `encode` gives what the model is fed: a leading BOS is in it where the model wants one.
 */
export interface Tokenizer {
  encode(text: string): number[];
  /** Special tokens are left out; bytes that are no whole character come out as U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Tokens that are control marks and never text. */
  readonly specialIds: ReadonlySet<number>;
  /** Tokens that end an answer. */
  readonly endIds: ReadonlySet<number>;
}

interface TokenizerConfig {
  add_bos_token?: boolean;
  bos_token?: string | { content: string } | null;
  eos_token?: string | { content: string } | null;
}

type AddedToken = { id: number; content: string; special?: boolean };

const END_NAMES = new Set(['</s>', '<eos>', '<|endoftext|>', '<|im_end|>', '<|eot_id|>', '<|end_of_text|>']);

/**
 * Reads a Hugging Face tokenizer.json (and tokenizer_config.json, if any). BOS rule: what the post-processor adds;
 * failing that, `bos_token`
 * where the config says `add_bos_token`. Throws TOKENIZER_INVALID.
 */
export function readTokenizer(json: unknown, config: unknown = {}): Tokenizer {
  const settings = (config ?? {}) as TokenizerConfig;
  const added = ((json as { added_tokens?: AddedToken[] } | null)?.added_tokens ?? []).filter(
    (token) => token.special !== false,
  );
  const inner = open(json, settings);
  const idOf = (token: TokenizerConfig['bos_token']) =>
    token ? inner.token_to_id(typeof token === 'string' ? token : token.content) : undefined;
  const specialIds = new Set(added.map((token) => token.id));
  const eos = idOf(settings.eos_token);
  const endIds = new Set(
    eos !== undefined ? [eos] : added.filter((token) => END_NAMES.has(token.content)).map((token) => token.id),
  );
  const bos = settings.add_bos_token ? idOf(settings.bos_token) : undefined;
  return {
    specialIds,
    endIds,
    encode: (text) => withBos(trimEnd([...inner.encode(text).ids], endIds), bos),
    decode: (ids) =>
      ids.length === 0
        ? ''
        : inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
  };
}

function open(json: unknown, config: TokenizerConfig): HfTokenizer {
  try {
    return new HfTokenizer(json as object, config);
  } catch (cause) {
    throw new OmlError('TOKENIZER_INVALID', 'tokenizer.json does not describe a tokenizer that can be read.', {
      cause,
    });
  }
}

const withBos = (ids: number[], bos: number | undefined): number[] =>
  bos !== undefined && ids[0] !== bos ? [bos, ...ids] : ids;

/** Some post-processors close the text with EOS; a prompt that is to be continued must stay open. */
function trimEnd(ids: number[], endIds: ReadonlySet<number>): number[] {
  while (ids.length > 1 && endIds.has(ids.at(-1)!)) ids.pop();
  return ids;
}
