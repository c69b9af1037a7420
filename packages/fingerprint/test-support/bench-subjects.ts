import { existsSync, readFileSync } from 'node:fs';
import { haveSharedModels, imageFiles, languageFiles } from '@oml/onnx/test-support/shared-models';
import { readTokenizer, type Tokenizer } from '@oml/onnx/tokenizer';
import type { Heldout } from '../src/subject/measure.ts';
import type { Ordinary } from '../src/subject/subject.ts';

export interface BenchSubject {
  files: { model: Uint8Array; tokenizer?: Tokenizer };
  ordinary: Ordinary;
  heldout: Heldout;
  commonCount: number;
  tracingCount: number;
  bits: number;
}

const MODELS = new URL('../../../models/', import.meta.url);
const bytes = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, MODELS)));
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, MODELS), 'utf8'));
const present = (name: string): boolean => existsSync(new URL(`${name}/model.onnx`, MODELS));

/** Models with the code-book sizes that the project promises; undefined where the files are absent. */
export const subjects: Record<string, () => BenchSubject | undefined> = {
  stories260k: () => shared('stories260k', { commonCount: 32, tracingCount: 0, bits: 3 }),
  wiki2m6: () => shared('wiki2m6', { commonCount: 64, tracingCount: 64, bits: 4 }),
  fable: () => own('fable', { commonCount: 64, tracingCount: 64, bits: 4 }),
  'fable-mini': () => own('fable-mini', { commonCount: 16, tracingCount: 16, bits: 3 }),
  'mnist-lenet': () => {
    if (!haveSharedModels) return undefined;
    const { model, images, labels } = imageFiles();
    const half = 5000 * 784;
    return {
      files: { model },
      ordinary: images.slice(0, half),
      heldout: { values: images.slice(half), labels: labels.slice(5000) },
      commonCount: 16,
      tracingCount: 0,
      bits: 3,
    };
  },
  digits: () => {
    if (!present('digits')) return undefined;
    const scale = (name: string) => Float32Array.from(bytes(name), (pixel) => pixel / 255);
    const heldout = { values: scale('digits/heldout.u8'), labels: bytes('digits/heldout.labels.u8') };
    return {
      files: { model: bytes('digits/model.onnx') },
      ordinary: scale('digits/ordinary.u8'),
      heldout,
      commonCount: 16,
      tracingCount: 0,
      bits: 3,
    };
  },
};

type Sizes = Pick<BenchSubject, 'commonCount' | 'tracingCount' | 'bits'>;

function shared(name: 'stories260k' | 'wiki2m6', sizes: Sizes): BenchSubject | undefined {
  if (!haveSharedModels) return undefined;
  const { model, tokenizer, ordinary, heldout } = languageFiles(name);
  return { files: { model, tokenizer }, ordinary, heldout: { tokens: heldout }, ...sizes };
}

function own(name: string, sizes: Sizes): BenchSubject | undefined {
  if (!present(name)) return undefined;
  const tokens = (file: string) => new Int32Array(bytes(`${name}/${file}.i32`).buffer);
  const tokenizer = readTokenizer(json(`${name}/tokenizer.json`), json(`${name}/tokenizer_config.json`));
  const files = { model: bytes(`${name}/model.onnx`), tokenizer };
  return { files, ordinary: tokens('ordinary'), heldout: { tokens: tokens('heldout') }, ...sizes };
}
