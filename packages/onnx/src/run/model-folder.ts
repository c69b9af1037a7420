import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OmlError } from '@oml/protocol/error';
import { readChatTemplate, type ChatTemplate } from './chat-template.ts';
import { Classifier } from './classifier.ts';
import { HUGGING_FACE_FILE, PREPROCESSING_FILE, readPreprocessing, type Preprocessing } from '../data/preprocessing.ts';
import { describeSite } from '../inspect/inspect.ts';
import { LanguageModel, type OpenOptions } from './language-model.ts';
import { readModelAt } from '../file/node-files.ts';
import type { Engine } from './runner.ts';
import { checkEngine } from '../selftest/test-engine.ts';
import { readTokenizer, type Tokenizer } from './tokenizer.ts';

/**
 * Opens `model.onnx` of a folder, whose weights may lie beside it; a language model has `tokenizer.json` there, too, and
 * perhaps `tokenizer_config.json` and `config.json`. `isTested`: first the engine is held against plain arithmetic.
 * Throws the codes of `openWhole`, TOKENIZER_INVALID, and ENGINE_WRONG. Node only.
 */
export async function openModelFolder(
  folder: string,
  engine: Engine | ((bytes: number) => Engine),
  { isTested = false, ...options }: OpenOptions & { isTested?: boolean } = {},
): Promise<LanguageModel | Classifier> {
  const opened = await readModelAt(folder);
  const { bytes: model } = opened;
  const runner = typeof engine === 'function' ? engine(model.length) : engine;
  if (isTested) await checkEngine(opened, runner);
  if (describeSite(opened).kind === 'classifier') {
    const preprocessing = await readPreprocessingBeside(folder);
    return Classifier.open({ model, ...(preprocessing ? { preprocessing } : {}) }, runner);
  }
  return LanguageModel.open({ model, ...(await readTextFiles(folder)) }, runner, options);
}

/** What lies beside a language model: its tokenizer, and what its configuration says. Throws TOKENIZER_INVALID. */
export async function readTextFiles(
  folder: string,
): Promise<{ tokenizer: Tokenizer; chatTemplate: ChatTemplate | undefined; contextLength?: number }> {
  const tokenizer = await readJson(join(folder, 'tokenizer.json'));
  if (tokenizer === undefined)
    throw new OmlError('TOKENIZER_INVALID', 'A language model needs a tokenizer.json beside it.');
  const config = await readJson(join(folder, 'tokenizer_config.json'));
  const limit = (await readModelConfig(folder)).max_position_embeddings;
  const context = typeof limit === 'number' ? { contextLength: limit } : {};
  return { tokenizer: readTokenizer(tokenizer, config), chatTemplate: readChatTemplate(config), ...context };
}

/** What a model's `config.json` says, in Hugging Face's words; empty where there is none. Nothing in it is checked. */
export async function readModelConfig(
  folder: string,
): Promise<{ max_position_embeddings?: unknown; id2label?: Record<string, string>; labels?: string[] }> {
  return (await readJson(join(folder, 'config.json'))) ?? {};
}

/**
 * How pictures, numbers or sounds become what the model of a folder is fed: its preprocessing.json, else Hugging Face's
 * preprocessor_config.json; undefined where there is neither. Throws REQUEST_INVALID where one cannot be followed.
 */
export async function readPreprocessingBeside(folder: string): Promise<Preprocessing | undefined> {
  const read = (name: string) => readJson(join(folder, name), 'REQUEST_INVALID');
  const json = (await read(PREPROCESSING_FILE)) ?? (await read(HUGGING_FACE_FILE));
  return json && readPreprocessing(json);
}

async function readJson(
  path: string,
  code: 'TOKENIZER_INVALID' | 'REQUEST_INVALID' = 'TOKENIZER_INVALID',
): Promise<object | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : (JSON.parse(text) as object);
  } catch (cause) {
    throw new OmlError(code, `${path} is no JSON.`, { cause });
  }
}
