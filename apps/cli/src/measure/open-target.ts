import type { AnyMethod } from '@oml/measure/methods';
import type { Targets } from '@oml/measure/method';
import { classifierTarget } from '@oml/measure/target/classifier-target';
import { languageEndpoint } from '@oml/measure/target/language-endpoint';
import type { LanguageTarget } from '@oml/measure/target/language-target';
import { languageFile } from '@oml/measure/target/language-file';
import { fileDigest, weightsDigest } from '@oml/onnx/digest';
import { modelFileOf, readModelAt } from '@oml/onnx/file/node-files';
import { readTextFiles } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { OmlError } from '@oml/protocol/error';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Hex } from 'viem';
import { word } from '../options.ts';
import { completionsAt } from './endpoint.ts';

export interface TargetOptions {
  release?: string;
  model?: string;
  apiKeyFile?: string;
}

/** Something to be measured, open. */
export interface OpenTarget {
  release: Hex;
  kind: 'file' | 'endpoint';
  target: Targets[keyof Targets];
  close(): Promise<void>;
}

/**
 * Opens a model file or folder, a tokenizer.json, or an OpenAI-compatible base URL, as a method reads it. Throws
 * REQUEST_INVALID, NOT_FOUND, and the codes of model files.
 */
export async function openTarget(
  { name, reads }: AnyMethod,
  path: string,
  options: TargetOptions,
  signal: AbortSignal,
): Promise<OpenTarget> {
  if (/^https?:\/\//.test(path)) {
    if (reads !== 'language') throw new OmlError('REQUEST_INVALID', `${name} reads a ${reads} file, no endpoint.`);
    return openEndpoint(path, options, signal);
  }
  if (options.release || options.model || options.apiKeyFile)
    throw new OmlError('REQUEST_INVALID', '--release, --model and --api-key-file go with an endpoint.');
  return reads === 'tokenizer' ? openTokenizer(path) : openModel(path, reads);
}

async function openEndpoint(url: string, options: TargetOptions, signal: AbortSignal): Promise<OpenTarget> {
  if (!options.release)
    throw new OmlError(
      'REQUEST_INVALID',
      'Say with --release which weights the endpoint is said to serve: their digest.',
    );
  const { model, apiKeyFile } = options;
  const post = await completionsAt(url, { signal, ...(apiKeyFile ? { apiKeyFile } : {}) });
  const target = languageEndpoint({ post, ...(model ? { model } : {}) });
  return { release: word(options.release, '--release'), kind: 'endpoint', target, close: target.close };
}

export interface JudgeOptions {
  judge?: string;
  judgeModel?: string;
  judgeKeyFile?: string;
}

/** A model behind an OpenAI-compatible base URL, to judge by, and its name. Throws REQUEST_INVALID. */
export async function openJudge(
  { judge: url, judgeModel: model, judgeKeyFile: apiKeyFile }: JudgeOptions,
  signal: AbortSignal,
): Promise<{ judge: LanguageTarget; name: string } | undefined> {
  if (url === undefined) {
    if (model === undefined && apiKeyFile === undefined) return undefined;
    throw new OmlError('REQUEST_INVALID', '--judge-model and --judge-key-file go with --judge.');
  }
  if (!URL.canParse(url)) throw new OmlError('REQUEST_INVALID', `--judge takes a base URL, not "${url}".`);
  const post = await completionsAt(url, { signal, ...(apiKeyFile ? { apiKeyFile } : {}) });
  const name = `${model ?? 'the model'} at ${new URL(url).origin}`.slice(0, 200);
  return { judge: languageEndpoint({ post, ...(model ? { model } : {}) }), name };
}

async function openModel(path: string, reads: 'classifier' | 'language'): Promise<OpenTarget> {
  const model = await readModelAt(path);
  const release = await weightsDigest(model);
  const engine = nodeEngine();
  const target =
    reads === 'classifier'
      ? await classifierTarget(model, engine)
      : await languageFile({ model, ...(await readTextFiles(dirname(await modelFileOf(path)))) }, engine);
  return { release, kind: 'file', target, close: () => target.close() };
}

/** Of a folder with a model the tokenizer is measured as that model's; alone it is its own release. */
async function openTokenizer(path: string): Promise<OpenTarget> {
  const isFolder = (await stat(path)).isDirectory();
  const file = isFolder ? join(path, 'tokenizer.json') : path;
  const bytes = new Uint8Array(await readFile(file));
  const beside = join(dirname(file), 'model.onnx');
  const hasModel = basename(file) === 'tokenizer.json' && (await stat(beside).catch(() => undefined)) !== undefined;
  const release = hasModel ? await weightsDigest(await readModelAt(beside)) : await fileDigest(bytes);
  try {
    const target = { json: JSON.parse(new TextDecoder().decode(bytes)) as unknown };
    return { release, kind: 'file', target, close: async () => {} };
  } catch (cause) {
    throw new OmlError('TOKENIZER_INVALID', `${file} is no JSON.`, { cause });
  }
}
