import type { GivenFiles } from './file-slots.ts';

type Given = Pick<GivenFiles, 'slots' | 'sources'>;

/** What a folder has instead of a tokenizer.json; undefined where it has one, or nothing to make it of. */
export function tokenizerSource({ slots, sources }: Given): 'vocabulary' | 'SentencePiece' | undefined {
  if (slots.tokenizer) return undefined;
  if (sources.vocab && sources.merges) return 'vocabulary';
  return sources.sentencepiece ? 'SentencePiece' : undefined;
}

/** Makes tokenizer.json of vocabulary and merges, or of a SentencePiece model. Throws TOKENIZER_INVALID. */
export async function madeTokenizer({ slots, sources }: Given): Promise<File> {
  const settings = slots.tokenizerConfig ?? sources.specialTokens;
  const config = settings && (await settings.text());
  if (sources.vocab && sources.merges) {
    const { fromVocabMerges } = await import('@oml/onnx/tokens/from-vocab-merges');
    const [vocab, merges] = await Promise.all([sources.vocab.text(), sources.merges.text()]);
    return asFile(fromVocabMerges({ vocab, merges, ...(config ? { config } : {}) }));
  }
  const { fromSentencePiece } = await import('@oml/onnx/tokens/from-sentencepiece');
  const bytes = new Uint8Array(await sources.sentencepiece!.arrayBuffer());
  return asFile(fromSentencePiece(bytes, { bos: (config ? beginsWithBos(config) : undefined) ?? true }));
}

const asFile = (json: object): File => new File([JSON.stringify(json)], 'tokenizer.json', { type: 'application/json' });

function beginsWithBos(config: string): boolean | undefined {
  try {
    const said = (JSON.parse(config) as { add_bos_token?: unknown }).add_bos_token;
    return typeof said === 'boolean' ? said : undefined;
  } catch {
    return undefined;
  }
}
