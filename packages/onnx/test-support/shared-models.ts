import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readTokenizer, type Tokenizer } from '../src/run/tokenizer.ts';
import { readScoredTokenizer } from './scored-tokenizer.ts';

/** Real models that are not part of the project; tests that need them skip where the folder is absent. */
const FOLDER = new URL('../../../../shared/models/', import.meta.url);
const path = (name: string): URL => new URL(name, FOLDER);

export const haveSharedModels = existsSync(path('stories260k/model.onnx'));
if (!haveSharedModels) console.warn('../shared/models is absent: tests on real models are skipped.');

const bytes = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path(name)));

export interface LanguageFiles {
  model: Uint8Array;
  tokenizer: Tokenizer;
  ordinary: Int32Array;
  heldout: Int32Array;
}

/** `stories260k` or `wiki2m6` with its tokenizer and token streams. */
export function languageFiles(name: 'stories260k' | 'wiki2m6'): LanguageFiles {
  const tokens = (file: string) => new Int32Array(bytes(`${name}/${file}.i32`).buffer);
  const tokenizer =
    name === 'stories260k' ? readScoredTokenizer(bytes('stories260k/tok512.bin'), 512) : wikiTokenizer();
  return { model: bytes(`${name}/model.onnx`), tokenizer, ordinary: tokens('ordinary'), heldout: tokens('heldout') };
}

/** The vocabulary and merges of wiki2m6 in the form of a tokenizer.json. */
function wikiTokenizer(): Tokenizer {
  const pieces = JSON.parse(readFileSync(path('wiki2m6/vocab.json'), 'utf8')) as string[];
  const merges = JSON.parse(readFileSync(path('wiki2m6/merges.json'), 'utf8')) as [string, string][];
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const added_tokens = ['<unk>', '<s>', '</s>'].map((content, id) => ({
    id,
    content,
    special: true,
    lstrip: false,
    rstrip: false,
    normalized: false,
    single_word: false,
  }));
  const post_processor = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  };
  const json = {
    version: '1.0',
    added_tokens,
    normalizer: null,
    pre_tokenizer: null,
    post_processor,
    decoder: { type: 'Fuse' },
    model: { type: 'BPE', vocab, merges, unk_token: '<unk>' },
  };
  return readTokenizer(json, { bos_token: '<s>', eos_token: '</s>' });
}

export interface ImageFiles {
  model: Uint8Array;
  /** Values as the model takes them, one image after another. */
  images: Float32Array;
  labels: Uint8Array;
}

/** `mnist-lenet` with the MNIST test set, normalised as the model expects. */
export function imageFiles(): ImageFiles {
  const pixels = gunzipSync(bytes('mnist-lenet/t10k-images-idx3-ubyte.gz')).subarray(16);
  const labels = gunzipSync(bytes('mnist-lenet/t10k-labels-idx1-ubyte.gz')).subarray(8);
  return {
    model: bytes('mnist-lenet/model.onnx'),
    images: Float32Array.from(pixels, (pixel) => (pixel / 255 - 0.1307) / 0.3081),
    labels: new Uint8Array(labels),
  };
}
