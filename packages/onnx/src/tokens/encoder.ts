import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { OmlError } from '@oml/protocol/error';
import { cutterAt } from './added-tokens.ts';
import type { AddedToken, CutStep, TokenizerForm } from './form.ts';
import { withBothCases } from './pattern.ts';

/** Token ids of a text, without what a post-processor puts around them, and the text of each id. */
export interface Encoder {
  encode(text: string): number[];
  textOf(id: number): string | undefined;
  idOf(text: string): number | undefined;
}

/**
 * Cuts texts exactly as the reference does. Normalizers, pre-tokenizers and BPE are the library's, told in the words
 * that it follows exactly; added tokens are cut here, as it misses `single_word` and takes JavaScript's blanks for
 * blanks. Throws TOKENIZER_INVALID.
 */
export function encoderOf(form: TokenizerForm): Encoder {
  const { normalizer, pre_tokenizer: cut, model } = open(form);
  if (!model) throw invalid();
  const normal = (text: string): string => (normalizer ? normalizer(text) : text);
  const isNormalized = ({ normalized, special }: AddedToken) => normalized ?? !special;
  for (const token of form.added_tokens)
    if (isNormalized(token) && normal(token.content) !== token.content)
      throw invalid(`its normalizer changes the added token ${JSON.stringify(token.content)}`);
  const cutRaw = cutterAt(form.added_tokens.filter((token) => !isNormalized(token)));
  const cutNormal = cutterAt(form.added_tokens.filter(isNormalized));

  const pieces = (text: string, isFirst: boolean): number[] => {
    const cuts = cut ? cut(text, { section_index: isFirst ? 0 : 1 }) : [text];
    return (model(cuts) as string[]).flatMap((token) => model.tokens_to_ids.get(token) ?? model.unk_token_id ?? []);
  };
  const sections = (text: string, isFirst: boolean): number[] =>
    cutNormal(normal(text)).flatMap((section) =>
      'id' in section ? [section.id] : pieces(section.text, isFirst && section.start === 0),
    );
  return {
    encode: (text) =>
      cutRaw(text).flatMap((section) => ('id' in section ? [section.id] : sections(section.text, section.start === 0))),
    textOf: (id) => model.vocab[id],
    idOf: (text) => model.tokens_to_ids.get(text),
  };
}

/**
 * Cuts a text into the pieces within which a tokenizer merges, in the letters of its vocabulary; added tokens are taken
 * for text. Throws TOKENIZER_INVALID.
 */
export function pieceCutter(form: TokenizerForm): (text: string) => string[] {
  const { normalizer, pre_tokenizer: cut } = open(form);
  return (text) => {
    const normal = normalizer ? normalizer(text) : text;
    return cut ? cut(normal, { section_index: 0 }) : [normal];
  };
}

const invalid = (why = 'it does not describe one', cause?: unknown): OmlError =>
  new OmlError('TOKENIZER_INVALID', `No tokenizer can be read from tokenizer.json: ${why}.`, { cause });

function open(form: TokenizerForm): HfTokenizer {
  const steps = form.pre_tokenizer?.type === 'Sequence' ? form.pre_tokenizer.pretokenizers : [form.pre_tokenizer];
  const pretokenizers = steps.flatMap((step) => (step ? exactly(step) : []));
  try {
    return new HfTokenizer(
      {
        ...form,
        normalizer: form.normalizer ?? null,
        pre_tokenizer: pretokenizers.length > 0 ? { type: 'Sequence', pretokenizers } : null,
        post_processor: null,
        decoder: null,
      },
      {},
    );
  } catch (cause) {
    throw invalid(undefined, cause);
  }
}

type Json = Record<string, unknown>;

const isolate = (regex: string): Json => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated' });

/** What GPT-2 cuts at, with the reference's blanks. */
const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
/** `$&` is what was found. */
const BLANK_BEFORE = { type: 'Replace', pattern: { Regex: String.raw`\A[^ ]` }, content: ' $&' };
const PUNCTUATION = String.raw`[\p{P}\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E]`;

/** The same step in words that the library follows to the letter. */
function exactly(step: CutStep): Json[] {
  switch (step.type) {
    case 'Metaspace':
      return step.split ? [step, isolate(`${step.replacement}[^${step.replacement}]*`)] : [step];
    case 'ByteLevel': {
      const bytes = { ...step, add_prefix_space: false, use_regex: false };
      return [...(step.add_prefix_space ? [BLANK_BEFORE] : []), ...(step.use_regex ? [isolate(GPT2)] : []), bytes];
    }
    case 'Digits':
      return [isolate(step.individual_digits ? String.raw`\p{N}` : String.raw`\p{N}+`)];
    case 'Punctuation':
      return [isolate(step.behavior === 'Isolated' ? PUNCTUATION : `${PUNCTUATION}+`)];
    case 'Split':
      return [splitExactly(step)];
  }
}

function splitExactly(step: Extract<CutStep, { type: 'Split' }>): Json {
  const { behavior, pattern } = step;
  if ('Regex' in pattern) return { ...step, pattern: { Regex: withBothCases(pattern.Regex) } };
  if (behavior === 'Isolated' || behavior === 'Removed') return step;
  const code = String.raw`\u${pattern.String.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return isolate(behavior === 'MergedWithNext' ? `${code}[^${code}]*` : `[^${code}]*${code}`);
}
