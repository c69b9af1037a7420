import { OmlError } from '@oml/protocol/error';
import { z } from 'zod';
import { isPlainPattern } from './pattern.ts';

// The forms of a tokenizer.json that are cut here exactly as the reference cuts them (Hugging Face's `tokenizers`,
// 0.23.2; tokenizer.test.ts compares 1,000 lines of each). Everything else is refused: ids that differ in one line of a
// hundred would be keys that no honest host answers.

const letter = z.string().regex(/^[^\ud800-\udfff]$/, 'This is not one letter');
const nothing = z.union([z.null(), z.literal(''), z.literal(false)]).optional();

const pattern = z.union([
  z.strictObject({ String: z.string().min(1) }),
  z.strictObject({ Regex: z.string().refine(isPlainPattern, 'Other engines read this pattern in another way') }),
]);
/** In a dollar the library sees a name of what was found. */
const content = z.string().regex(/^[^$]+$/, 'A replacement is empty or has a dollar in it');
const replace = z.strictObject({ type: z.literal('Replace'), pattern, content });
const normalStep = z.discriminatedUnion('type', [
  replace,
  z.strictObject({ type: z.literal('Prepend'), prepend: z.string().min(1) }),
  z.strictObject({ type: z.enum(['NFC', 'NFD', 'NFKC', 'NFKD']) }),
]);
const normalizer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Sequence'), normalizers: z.array(normalStep) }),
  normalStep,
]);

const metaspace = z.strictObject({
  type: z.literal('Metaspace'),
  replacement: letter,
  prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
  add_prefix_space: z.literal(true).optional(),
  str_rep: letter.optional(),
  split: z.boolean().default(true),
});
const byteLevel = z.strictObject({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.boolean().default(false),
  trim_offsets: z.boolean().optional(),
  use_regex: z.boolean().default(true),
});
const split = z
  .strictObject({
    type: z.literal('Split'),
    pattern,
    behavior: z.enum(['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext']),
    invert: z.literal(false).default(false),
  })
  .refine(
    ({ behavior, pattern }) => !behavior.startsWith('Merged') || ('String' in pattern && /^.$/s.test(pattern.String)),
    { path: ['behavior'], error: 'Only single letters are merged' },
  );
const cutStep = z.discriminatedUnion('type', [
  metaspace,
  byteLevel,
  split,
  z.strictObject({ type: z.literal('Digits'), individual_digits: z.boolean() }),
  z.strictObject({ type: z.literal('Punctuation'), behavior: z.enum(['Isolated', 'Contiguous']) }),
]);
const preTokenizer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Sequence'), pretokenizers: z.array(cutStep) }),
  cutStep,
]);

const id = z.int().min(0).max(10_000_000);
const model = z.object({
  type: z.literal('BPE'),
  dropout: z.union([z.null(), z.literal(0)]).optional(),
  unk_token: z.string().nullish(),
  continuing_subword_prefix: nothing,
  end_of_word_suffix: nothing,
  fuse_unk: z.boolean().nullish(),
  byte_fallback: z.boolean().nullish(),
  ignore_merges: z.boolean().nullish(),
  vocab: z.record(z.string(), id),
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
});

const part = z.union([
  z.strictObject({ SpecialToken: z.object({ id: z.string() }) }),
  z.strictObject({ Sequence: z.object({ id: z.enum(['A', 'B']) }) }),
]);
const named = z.tuple([z.string(), id]);
const processStep = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ByteLevel') }),
  z.object({
    type: z.literal('TemplateProcessing'),
    single: z.array(part),
    special_tokens: z.record(z.string(), z.object({ ids: z.array(id) })),
  }),
  z.object({ type: z.literal('RobertaProcessing'), cls: named, sep: named }),
]);
const postProcessor = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Sequence'), processors: z.array(processStep) }),
  processStep,
]);

const decodeStep = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ByteLevel') }),
  metaspace,
  replace.extend({ pattern: z.strictObject({ String: z.string().min(1) }), content: z.string() }),
  z.strictObject({ type: z.literal('ByteFallback') }),
  z.strictObject({ type: z.literal('Fuse') }),
  z.strictObject({
    type: z.literal('Strip'),
    content: letter,
    start: z.int().min(0).max(100),
    stop: z.int().min(0).max(100),
  }),
]);
const decoder = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Sequence'), decoders: z.array(decodeStep) }),
  decodeStep,
]);

const addedToken = z.object({
  id,
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
});

const form = z.object({
  added_tokens: z.array(addedToken).default([]),
  normalizer: normalizer.nullish(),
  pre_tokenizer: preTokenizer.nullish(),
  post_processor: postProcessor.nullish(),
  decoder: decoder.nullish(),
  model,
});

/** A tokenizer.json of a form that is cut exactly. */
export type TokenizerForm = z.output<typeof form>;
export type AddedToken = TokenizerForm['added_tokens'][number];
export type CutStep = z.output<typeof cutStep>;
export type DecodeStep = z.output<typeof decodeStep>;

/** Reads an untrusted tokenizer.json. Throws TOKENIZER_INVALID, naming the part that is not taken. */
export function readForm(json: unknown): TokenizerForm {
  const { success, data, error } = form.safeParse(json);
  if (success) return data;
  const { path, message } = deepest(error.issues[0]!);
  const why = path.at(-1) === 'type' ? 'This kind is not taken' : message;
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], json);
  const said = typeof value === 'string' ? ` (${value.slice(0, 60)})` : '';
  throw new OmlError(
    'TOKENIZER_INVALID',
    `tokenizer.json has a part that may give other ids here than in the reference: ${path.join('.')}${said}. ${why}. ` +
      'Byte-level and Metaspace BPE are taken, as Llama, Mistral, Gemma, Qwen and GPT write them.',
    { details: { part: path.join('.') } },
  );
}

/** The issue behind a union: that of the branch which read furthest. */
function deepest(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flatMap(([first]) => (first ? [deepest(first)] : []));
  const [furthest] = inner.sort((a, b) => b.path.length - a.path.length);
  if (!furthest) return { path: issue.path, message: 'Its kind is not taken' };
  return { path: [...issue.path, ...furthest.path], message: furthest.message };
}
