import { OmlError } from '@oml/protocol/error';
import { z } from 'zod';

const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);
const settings = z.looseObject({
  tokenizer_class: z.string().optional(),
  add_prefix_space: z.boolean().default(false),
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  unk_token: token.nullish(),
  pad_token: token.nullish(),
});
const vocabulary = z.record(z.string(), z.int().min(0).max(10_000_000));
/** As the library writes them, or as some exports do. */
const mergeList = z.array(z.union([z.string(), z.tuple([z.string(), z.string()])]));

/** What GPT-2's own code cuts at is what `ByteLevel` does by itself; Qwen and Llama 3 cut at other places. */
const KNOWN = /^(?:GPT2|GPTNeoX|CodeGen|PreTrained|)Tokenizer(?:Fast)?$/;

export interface VocabMerges {
  /** `vocab.json`: token to id. */
  vocab: string;
  /** `merges.txt`, a pair a line, or the same as a JSON list. */
  merges: string;
  /** `tokenizer_config.json`, or `special_tokens_map.json`. */
  config?: string;
}

/**
 * The tokenizer.json of a byte-level BPE that was saved as vocabulary and merges, as GPT-2's. Throws TOKENIZER_INVALID
 * where the files are others, or name a tokenizer that cuts at other places.
 */
export function fromVocabMerges({ vocab: vocabText, merges: mergesText, config = '{}' }: VocabMerges): object {
  const vocab = read(vocabulary, vocabText, 'vocab.json');
  const merges = /^\s*\[/.test(mergesText) ? read(mergeList, mergesText, 'merges') : linesOf(mergesText);
  const said = read(settings, config, 'tokenizer_config.json');
  if (!KNOWN.test(said.tokenizer_class ?? 'GPT2Tokenizer'))
    throw refused(
      `A ${said.tokenizer_class} is not cut as GPT-2 cuts: save it with AutoTokenizer(…).save_pretrained(…), which writes tokenizer.json`,
    );
  if (!Object.keys(vocab).some((text) => text.includes('Ġ')))
    throw refused('This vocabulary is not byte-level: choose the tokenizer.json or the SentencePiece model');
  const special = [said.bos_token, said.eos_token, said.unk_token, said.pad_token, '<|endoftext|>'];
  const names = [...new Set(special.filter((name): name is string => typeof name === 'string' && name in vocab))];
  return {
    version: '1.0',
    added_tokens: names.map((content) => ({
      id: vocab[content]!,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: said.add_prefix_space, trim_offsets: true, use_regex: true },
    post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, vocab, merges },
  };
}

/** The pairs of merges.txt, whose first line may name a version. */
const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));

function read<Schema extends z.ZodType>(schema: Schema, text: string, name: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw refused(`${name} does not read as one`, cause);
  }
}

const refused = (why: string, cause?: unknown): OmlError => new OmlError('TOKENIZER_INVALID', `${why}.`, { cause });
