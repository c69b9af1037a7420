import { OmlError } from '@oml/protocol/error';
import { decoderOf } from '../tokens/decoder.ts';
import { encoderOf, type Encoder } from '../tokens/encoder.ts';
import { readForm, type TokenizerForm } from '../tokens/form.ts';

/**
 * Text to token ids and back. `encode` gives what the model is fed: a leading BOS is in it where the model wants one.
 */
export interface Tokenizer {
  encode(text: string): number[];
  /** Without any token that the text does not write out itself, as chat templates do. */
  encodeWritten(text: string): number[];
  /** UTF-8 bytes of the longest token: a text of more than n times as many has more than n tokens. */
  readonly maxTokenBytes: number;
  /** Special tokens are left out; bytes that are no whole character come out as U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Is there a token of this id? A model may have more scores than there are tokens. */
  knows(id: number): boolean;
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

const END_NAMES = new Set(['</s>', '<eos>', '<|endoftext|>', '<|im_end|>', '<|eot_id|>', '<|end_of_text|>']);

/**
 * Reads a Hugging Face tokenizer.json (and tokenizer_config.json, if any) of a form whose ids equal the reference's.
 * BOS rule: what the post-processor adds; failing that, `bos_token` where the config says `add_bos_token`. Throws
 * TOKENIZER_INVALID.
 */
export function readTokenizer(json: unknown, config: unknown = {}): Tokenizer {
  const settings = (config ?? {}) as TokenizerConfig;
  const form = readForm(json);
  const encoder = encoderOf(form);
  const idOf = (token: TokenizerConfig['bos_token']) =>
    token ? encoder.idOf(typeof token === 'string' ? token : token.content) : undefined;
  const special = form.added_tokens.filter((token) => token.special);
  const specialIds = new Set(special.map(({ id }) => id));
  const eos = idOf(settings.eos_token);
  const endIds = new Set(
    eos !== undefined ? [eos] : special.filter(({ content }) => END_NAMES.has(content)).map(({ id }) => id),
  );
  const bos = settings.add_bos_token ? idOf(settings.bos_token) : undefined;
  const around = aroundOf(form, encoder);
  const decode = decoderOf(form.decoder);
  return {
    specialIds,
    endIds,
    maxTokenBytes: longestToken(form),
    encode: (text) => withBos(trimEnd(around(encoder.encode(text)), endIds), bos),
    encodeWritten: (text) => encoder.encode(text),
    knows: (id) => encoder.textOf(id) !== undefined,
    decode: (ids) => decode(ids.flatMap((id) => (specialIds.has(id) ? [] : (encoder.textOf(id) ?? [])))),
  };
}

/** Byte-level vocabularies write a byte as one or two, so they only look longer than they are. */
function longestToken({ added_tokens, model }: TokenizerForm): number {
  const texts = [...Object.keys(model.vocab), ...added_tokens.map(({ content }) => content)];
  return texts.reduce((longest, text) => Math.max(longest, new TextEncoder().encode(text).length), 1);
}

type Around = (ids: number[]) => number[];

/** What a post-processor puts around a text. Throws TOKENIZER_INVALID. */
function aroundOf({ post_processor: processor }: TokenizerForm, encoder: Encoder): Around {
  const steps = processor?.type === 'Sequence' ? processor.processors : processor ? [processor] : [];
  const around = steps.map((step): Around => {
    if (step.type === 'ByteLevel') return (ids) => ids;
    if (step.type === 'RobertaProcessing') return (ids) => [step.cls[1], ...ids, step.sep[1]];
    return (ids) =>
      step.single.flatMap((part) => ('Sequence' in part ? ids : specialIds(step.special_tokens, part.SpecialToken.id)));
  });
  const all: Around = (ids) => around.reduce((now, step) => step(now), ids);
  for (const id of all([]))
    if (encoder.textOf(id) === undefined)
      throw new OmlError('TOKENIZER_INVALID', `The post-processor adds token ${id}, which the vocabulary lacks.`);
  return all;
}

function specialIds(named: Record<string, { ids: number[] }>, name: string): number[] {
  const found = Object.hasOwn(named, name) ? named[name]!.ids : undefined;
  if (found) return found;
  throw new OmlError('TOKENIZER_INVALID', `The post-processor names no ids for ${name.slice(0, 40)}.`);
}

const withBos = (ids: number[], bos: number | undefined): number[] =>
  bos !== undefined && ids[0] !== bos ? [bos, ...ids] : ids;

/** Some post-processors close the text with EOS; a prompt that is to be continued must stay open. */
function trimEnd(ids: number[], endIds: ReadonlySet<number>): number[] {
  while (ids.length > 1 && endIds.has(ids.at(-1)!)) ids.pop();
  return ids;
}
