import { isFloatData, itemValues } from '@oml/onnx/data/fed-values';
import { readPreprocessing, type Preprocessing } from '@oml/onnx/data/preprocessing';
import type { Engine } from '@oml/onnx/runner';
import { readTokenizer, type Tokenizer } from '@oml/onnx/tokenizer';
import { OmlError } from '@oml/protocol/error';
import { readJson as readWireJson } from '@oml/protocol/wire/read-request';
import { drawKeys } from '../code-book/keys.ts';
import type { Heldout } from '../subject/measure.ts';
import { openSubject, type Ordinary, type Subject } from '../subject/subject.ts';

/** A model's files as its owner gives them, by their names in a publication request. */
export interface ModelSource {
  kind: 'language' | 'classifier';
  model: Uint8Array;
  tokenizer?: Uint8Array;
  tokenizerConfig?: Uint8Array;
  preprocessing?: Uint8Array;
  ordinary?: Uint8Array;
  heldout?: Uint8Array;
  labels?: Uint8Array;
}

/**
 * Opens the model. Throws the codes of `openSubject`, and MODEL_UNSUPPORTED where it is not of the kind that was said.
 */
export function openSource(source: ModelSource, engine: Engine): Subject {
  const tokenizer = tokenizerOf(source);
  const subject = openSubject({ model: source.model, ...(tokenizer ? { tokenizer } : {}) }, engine);
  const { kind } = subject.inspection;
  if (kind !== source.kind)
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      `The request calls this a ${source.kind} model, but the file is a ${kind} model.`,
    );
  return subject;
}

/** Reads the tokenizer files, if there are any. Throws TOKENIZER_INVALID. */
function tokenizerOf({
  tokenizer,
  tokenizerConfig,
}: Pick<ModelSource, 'tokenizer' | 'tokenizerConfig'>): Tokenizer | undefined {
  return tokenizer && readTokenizer(readJson(tokenizer), tokenizerConfig ? readJson(tokenizerConfig) : undefined);
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OmlError('TOKENIZER_INVALID', 'A tokenizer file is not JSON.', { cause });
  }
}

/** How pixels, numbers or sounds become what the model is fed. Throws REQUEST_INVALID. */
const preprocessingOf = ({ preprocessing }: ModelSource): Preprocessing | undefined =>
  preprocessing && readPreprocessing(readWireJson(new TextDecoder().decode(preprocessing)));

const SELF_TEXTS = { count: 256, length: 100 };
const HELDOUT_SHARE = 0.2;

/**
 * What ordinary use looks like, and other such data to measure harm on. A language model that came with none writes its
 * own.
 */
export async function useData(
  source: ModelSource,
  subject: Subject,
  secret: Uint8Array,
): Promise<{ ordinary: Ordinary; heldout: Heldout }> {
  return source.kind === 'language' ? textData(source, subject, secret) : itemData(source, subject);
}

async function textData({ ordinary, heldout }: ModelSource, subject: Subject, secret: Uint8Array) {
  const stream = ordinary ? tokensOf(ordinary, subject) : await ownText(subject, secret);
  if (heldout) return { ordinary: stream, heldout: { tokens: tokensOf(heldout, subject) } };
  const cut = Math.floor(stream.length * (1 - HELDOUT_SHARE));
  return { ordinary: stream.subarray(0, cut), heldout: { tokens: stream.subarray(cut) } };
}

async function ownText(subject: Subject, secret: Uint8Array): Promise<Int32Array> {
  const texts = await drawKeys(subject, secret, 'ordinary text', SELF_TEXTS.count, new Int32Array(), {
    length: SELF_TEXTS.length,
  });
  return Int32Array.from(texts.flatMap((text) => (text.kind === 'text' ? text.ids : [])));
}

/** Little-endian int32 token ids. Throws REQUEST_INVALID. */
function tokensOf(bytes: Uint8Array, { inspection }: Subject): Int32Array {
  const tokens = bytes.length % 4 === 0 ? new Int32Array(bytes.slice().buffer) : undefined;
  if (!tokens || tokens.some((id) => id < 0 || id >= inspection.outcomes))
    throw new OmlError(
      'REQUEST_INVALID',
      `Text data must be little-endian int32 token ids below ${inspection.outcomes}.`,
    );
  return tokens;
}

function itemData(source: ModelSource, subject: Subject) {
  const { ordinary, heldout, labels } = source;
  if (!ordinary)
    throw new OmlError('REQUEST_INVALID', 'A classifier needs ordinary inputs (files.ordinary): oml data make.');
  const preprocessing = preprocessingOf(source);
  const read = (bytes: Uint8Array) => valuesOf(bytes, preprocessing, subject);
  const values = read(ordinary);
  if (heldout) return { ordinary: values, heldout: labelled(read(heldout), labels, subject) };
  const items = values.length / itemSize(subject);
  const cut = Math.floor(items * (1 - HELDOUT_SHARE)) * itemSize(subject);
  return { ordinary: values.subarray(0, cut), heldout: labelled(values.slice(cut), undefined, subject) };
}

const itemSize = ({ inspection }: Subject): number =>
  inspection.input.dims.slice(1).reduce<number>((product, dim) => product * (dim ?? 1), 1);

/** Items as the model is fed them: of pixels (uint8), or float32 where the preprocessing is of numbers or sounds. */
function valuesOf(bytes: Uint8Array, preprocessing: Preprocessing | undefined, subject: Subject): Float32Array {
  const values = itemValues(bytes, preprocessing);
  if (values.length > 0 && values.length % itemSize(subject) === 0) return values;
  const kind = isFloatData(preprocessing) ? 'float32' : 'uint8';
  throw new OmlError('REQUEST_INVALID', `Item data must be ${kind}, ${itemSize(subject)} values an item.`);
}

/**
 * One uint8 label an item. Without labels nothing can be called right or wrong, so every label is class 0 and only
 * agreement counts.
 */
function labelled(values: Float32Array, labels: Uint8Array | undefined, subject: Subject): Heldout {
  const count = values.length / itemSize(subject);
  if (labels && labels.length !== count)
    throw new OmlError('REQUEST_INVALID', `There are ${labels.length} labels for ${count} held-out items.`);
  return { values, labels: labels ?? new Uint8Array(count) };
}
