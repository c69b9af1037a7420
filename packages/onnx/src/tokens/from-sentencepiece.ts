import { BinaryReader } from '@bufbuild/protobuf/wire';
import { OmlError } from '@oml/protocol/error';

/** sentencepiece_model.proto: kinds of pieces. */
const KIND = { NORMAL: 1, UNKNOWN: 2, CONTROL: 3, USER: 4, UNUSED: 5, BYTE: 6 } as const;
const BPE = 2;

interface Piece {
  text: string;
  score: number;
  kind: number;
}

interface Spec {
  pieces: Piece[];
  isBpe: boolean;
  normalizer: string;
  hasCharsMap: boolean;
  addsPrefix: boolean;
  removesSpaces: boolean;
}

const SPACE = '▁';
const MOST_PIECES = 1_000_000;

/**
 * The tokenizer.json of a SentencePiece model of the BPE kind that leaves text as it is, as Llama's, Mistral's and
 * Gemma's are. `bos`: whether a text begins with `<s>`, which tokenizer_config.json says. Throws TOKENIZER_INVALID for
 * other kinds, and for what is no such file.
 */
export function fromSentencePiece(file: Uint8Array, { bos = true }: { bos?: boolean } = {}): object {
  const { pieces, isBpe, normalizer, hasCharsMap, addsPrefix, removesSpaces } = readSpec(file);
  if (!isBpe) throw refused('This SentencePiece model is of the unigram kind; only BPE is cut exactly here');
  if (hasCharsMap || removesSpaces)
    throw refused(`This SentencePiece model changes texts before it cuts them (${normalizer || 'its own rules'})`);
  // Behind such a piece the library puts no blank, and what it is told as would.
  if (addsPrefix && pieces.some(({ kind }) => kind === KIND.USER))
    throw refused('This SentencePiece model has pieces of its own and puts a blank in front of texts');
  const vocab = Object.fromEntries(pieces.map(({ text }, id) => [text, id]));
  const unknown = pieces.find(({ kind }) => kind === KIND.UNKNOWN)?.text ?? null;
  const start = bos ? pieces.find(({ kind, text }) => kind === KIND.CONTROL && /^<(?:s|bos)>$/.test(text)) : undefined;
  return {
    version: '1.0',
    added_tokens: pieces.flatMap(({ text, kind }, id) =>
      kind === KIND.UNKNOWN || kind === KIND.CONTROL || kind === KIND.USER
        ? [{ id, content: text, special: kind !== KIND.USER, normalized: false, ...PLAIN }]
        : [],
    ),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(addsPrefix ? [{ type: 'Prepend', prepend: SPACE }] : []),
        { type: 'Replace', pattern: { String: ' ' }, content: SPACE },
      ],
    },
    pre_tokenizer: null,
    post_processor: start ? beginsWith(start.text, vocab[start.text]!) : null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(addsPrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      fuse_unk: true,
      byte_fallback: pieces.some(({ kind }) => kind === KIND.BYTE),
      vocab,
      merges: mergesOf(pieces),
    },
  };
}

const PLAIN = { single_word: false, lstrip: false, rstrip: false };

const beginsWith = (text: string, id: number): object => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: text, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { [text]: { id: text, ids: [id], tokens: [text] } },
});

/**
 * Which pairs make a piece, the best first: SentencePiece keeps no merges, only how good each piece is. As Hugging Face
 * converts them (`generate_merges` of transformers' convert_slow_tokenizer).
 */
function mergesOf(pieces: readonly Piece[]): [string, string][] {
  const rank = new Map(pieces.map(({ text }, id) => [text, id]));
  const merges = pieces.flatMap(({ text, score, kind }) => {
    if (kind !== KIND.NORMAL) return [];
    const letters = [...text];
    const pairs = letters
      .slice(1)
      .map((_, i) => [letters.slice(0, i + 1).join(''), letters.slice(i + 1).join('')] as const);
    return pairs
      .filter(([left, right]) => rank.has(left) && rank.has(right))
      .toSorted((a, b) => rank.get(a[0])! - rank.get(b[0])! || rank.get(a[1])! - rank.get(b[1])!)
      .map(([left, right]) => ({ left, right, score }));
  });
  return merges
    .toSorted((a, b) => b.score - a.score || [...b.left].length - [...a.left].length)
    .map(({ left, right }) => [left, right]);
}

function readSpec(file: Uint8Array): Spec {
  const spec: Spec = {
    pieces: [],
    isBpe: false,
    normalizer: '',
    hasCharsMap: false,
    addsPrefix: true,
    removesSpaces: true,
  };
  try {
    eachField(file, (field, reader, skip) => {
      if (field === 1) spec.pieces.push(readPiece(reader.bytes()));
      else if (field === 2) readTrainer(reader.bytes(), spec);
      else if (field === 3) readNormalizer(reader.bytes(), spec);
      else skip();
      if (spec.pieces.length > MOST_PIECES) throw refused('This SentencePiece model has too many pieces');
    });
  } catch (cause) {
    throw cause instanceof OmlError ? cause : refused('The file is no SentencePiece model', cause);
  }
  if (spec.pieces.length === 0) throw refused('The file is no SentencePiece model');
  return spec;
}

function readPiece(bytes: Uint8Array): Piece {
  const piece: Piece = { text: '', score: 0, kind: KIND.NORMAL };
  eachField(bytes, (field, reader, skip) => {
    if (field === 1) piece.text = reader.string();
    else if (field === 2) piece.score = reader.float();
    else if (field === 3) piece.kind = reader.int32();
    else skip();
  });
  return piece;
}

function readTrainer(bytes: Uint8Array, spec: Spec): void {
  eachField(bytes, (field, reader, skip) => {
    if (field === 3) spec.isBpe = reader.int32() === BPE;
    else skip();
  });
}

function readNormalizer(bytes: Uint8Array, spec: Spec): void {
  eachField(bytes, (field, reader, skip) => {
    if (field === 1) spec.normalizer = reader.string();
    else if (field === 2) spec.hasCharsMap = reader.bytes().length > 0;
    else if (field === 3) spec.addsPrefix = reader.bool();
    else if (field === 4) spec.removesSpaces = reader.bool();
    else skip();
  });
}

function eachField(bytes: Uint8Array, take: (field: number, reader: BinaryReader, skip: () => void) => void): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    take(field, reader, () => void reader.skip(type, field));
  }
}

const refused = (why: string, cause?: unknown): OmlError =>
  new OmlError('TOKENIZER_INVALID', `${why}: choose the tokenizer.json that belongs to the model.`, { cause });
