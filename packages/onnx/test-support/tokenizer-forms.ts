import { ADDED_TOKENS, tokenModels, type Json } from './tokenizer-vocabularies.ts';

const metaspace = (prepend_scheme: string, split = true): Json => ({
  type: 'Metaspace',
  replacement: '▁',
  prepend_scheme,
  split,
});
const byteLevel = (options: Json = {}): Json => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: true,
  ...options,
});
const plainBytes = byteLevel({ use_regex: false });
const split = (pattern: Json, behavior = 'Isolated', invert = false): Json => ({
  type: 'Split',
  pattern,
  behavior,
  invert,
});
const regex = (source: string): Json => ({ Regex: source });
const all = (name: string, ...items: Json[]): Json => ({ type: 'Sequence', [name]: items });
const cuts = (...items: Json[]): Json => ({ pre_tokenizer: all('pretokenizers', ...items) });
const blanks = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
const quotes = { type: 'Replace', pattern: { String: '“' }, content: '"' };

const START = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
  special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
};
const ROBERTA = { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 1], trim_offsets: true };
const BERT = { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null };

const LLAMA3 =
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|` +
  String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const QWEN2 = LLAMA3.replace('{1,3}', '');
const GPT4O =
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|` +
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|` +
  String.raw`\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const DEEPSEEK =
  String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_` +
  '`' +
  String.raw`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const steps = [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }];
const GEMMA_TEXT = all('decoders', ...steps);
const LLAMA_TEXT = all('decoders', ...steps, { type: 'Strip', content: ' ', start: 1, stop: 0 });

const without = (...taken: string[]) => ADDED_TOKENS.filter(({ content }) => !taken.includes(content as string));
const single = ADDED_TOKENS.map((token) => ({ ...token, single_word: true }));

function builders() {
  const models = tokenModels();
  const file = (model: Json, rest: Json = {}): Json => ({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ADDED_TOKENS,
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model,
    ...rest,
  });
  const meta = (scheme = 'always', rest: Json = {}, isSplit = true) =>
    file(models.meta, { pre_tokenizer: metaspace(scheme, isSplit), decoder: metaspace(scheme, isSplit), ...rest });
  const bytes = (rest: Json = {}) =>
    file(models.byteLevel, { pre_tokenizer: byteLevel(), post_processor: byteLevel(), decoder: byteLevel(), ...rest });
  return { models, file, meta, bytes };
}

/** A `tokenizer.json` of every form that is taken, by what it is or who writes it so. */
export function takenForms(): Record<string, Json> {
  const { models, file, meta, bytes } = builders();
  const start = { post_processor: START };
  const prefixed = all('normalizers', { type: 'Prepend', prepend: '▁' }, blanks);
  const unicode = ['NFC', 'NFD', 'NFKC', 'NFKD'].map((type) => [type, meta('always', { normalizer: { type } })]);
  return {
    'metaspace always': meta('always'),
    'metaspace first': meta('first'),
    'metaspace never': meta('never'),
    'metaspace always, whole': meta('always', {}, false),
    'metaspace first, whole': meta('first', {}, false),
    'metaspace never, whole': meta('never', {}, false),
    'metaspace by default': meta('always', { pre_tokenizer: { type: 'Metaspace', replacement: '▁' } }),
    'metaspace with start': meta('always', start),
    'unknown fused': file({ ...models.meta, fuse_unk: true }, cuts(metaspace('always'))),
    'single words': meta('always', { added_tokens: single }),
    'single words after a normalizer': meta('first', { added_tokens: single, normalizer: quotes }),
    'Llama 2': file(models.metaBytes, {
      ...start,
      normalizer: prefixed,
      decoder: LLAMA_TEXT,
      added_tokens: without('<mark>'),
    }),
    'Llama 2 later': file(models.metaBytes, { ...start, ...cuts(metaspace('first', false)), decoder: LLAMA_TEXT }),
    Gemma: file(models.metaBytes, {
      ...start,
      normalizer: blanks,
      pre_tokenizer: split({ String: ' ' }, 'MergedWithPrevious'),
      decoder: GEMMA_TEXT,
    }),
    'GPT-2': bytes(),
    'GPT-2 with a blank before': bytes({ pre_tokenizer: byteLevel({ add_prefix_space: true }) }),
    'bytes uncut': bytes({ pre_tokenizer: plainBytes }),
    'Llama 3': file(
      { ...models.byteLevel, ignore_merges: true },
      {
        ...cuts(split(regex(LLAMA3)), plainBytes),
        post_processor: all('processors', byteLevel(), START),
        decoder: byteLevel(),
      },
    ),
    'Qwen 2': bytes({ ...cuts(split(regex(QWEN2)), plainBytes), normalizer: { type: 'NFC' } }),
    'GPT-4o': bytes(cuts(split(regex(GPT4O)), plainBytes)),
    DeepSeek: bytes(cuts(split(regex(String.raw`\p{N}{1,3}`)), split(regex(DEEPSEEK)), plainBytes)),
    'digits alone': bytes(cuts({ type: 'Digits', individual_digits: true }, byteLevel())),
    'digits together': bytes(cuts({ type: 'Digits', individual_digits: false }, byteLevel())),
    punctuation: bytes(cuts({ type: 'Punctuation', behavior: 'Isolated' }, byteLevel())),
    Falcon: bytes(cuts({ type: 'Punctuation', behavior: 'Contiguous' }, byteLevel(), split(regex('[0-9][0-9][0-9]')))),
    'split and removed': bytes(cuts(split(regex(String.raw`\s+`), 'Removed'), plainBytes)),
    'split at a text': bytes(cuts(split({ String: '...' }), plainBytes)),
    'split before a letter': bytes(cuts(split({ String: '.' }, 'MergedWithNext'), plainBytes)),
    'split after a letter': bytes(cuts(split({ String: '.' }, 'MergedWithPrevious'), plainBytes)),
    ...Object.fromEntries(unicode),
    'replaced by pattern': meta('always', { normalizer: { ...blanks, pattern: regex(' {2,}') } }),
    'replaced texts': meta('always', { normalizer: all('normalizers', quotes, { ...quotes, content: '\\d' }) }),
    'no steps': file(models.meta),
    fused: file(models.meta, { decoder: { type: 'Fuse' } }),
    RoBERTa: bytes({ post_processor: ROBERTA }),
  };
}

/** Forms that are refused, and the part that is named. */
export function refusedForms(): Record<string, [form: Json, part: string]> {
  const { models, file, meta, bytes } = builders();
  const normal = (normalizer: Json): [Json, string] => [meta('always', { normalizer }), 'normalizer.type'];
  const cutAt = (pattern: string): [Json, string] => [
    bytes(cuts(split(regex(pattern)), plainBytes)),
    'pre_tokenizer.pretokenizers.0.pattern.Regex',
  ];
  return {
    Unigram: [file(models.unigram, { pre_tokenizer: metaspace('always') }), 'model.type'],
    WordPiece: [file(models.wordPiece), 'model.type'],
    dropout: [file({ ...models.meta, dropout: 0.1 }), 'model.dropout'],
    'an end of words': [file({ ...models.meta, end_of_word_suffix: '</w>' }), 'model.end_of_word_suffix'],
    'small letters': normal({ type: 'Lowercase' }),
    'a charsmap': normal({ type: 'Precompiled', precompiled_charsmap: '' }),
    stripping: normal({ type: 'Strip', strip_left: true, strip_right: true }),
    BERT: normal({ ...BERT, lowercase: true }),
    'a dollar': [meta('always', { normalizer: { ...quotes, content: '$&' } }), 'normalizer.content'],
    'words by type': [bytes({ pre_tokenizer: { type: 'Whitespace' } }), 'pre_tokenizer.type'],
    inverted: [bytes(cuts(split(regex(String.raw`\S+`), 'Removed', true))), 'pre_tokenizer.pretokenizers.0.invert'],
    'merged by pattern': [bytes(cuts(split(regex('[.]'), 'MergedWithNext'))), 'pre_tokenizer.pretokenizers.0.behavior'],
    contiguous: [bytes(cuts(split(regex('[.]'), 'Contiguous'))), 'pre_tokenizer.pretokenizers.0.behavior'],
    'a possessive pattern': cutAt(String.raw`\p{L}++`),
    'a look behind': cutAt(String.raw`(?<=a)b`),
    'an endless pattern': cutAt('(a+)+'),
    'another decoder': [meta('always', { decoder: { type: 'WordPiece', prefix: '##' } }), 'decoder.type'],
  };
}
