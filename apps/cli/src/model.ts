import { openSubject, type Subject } from '@oml/fingerprint/subject/subject';
import { readChatTemplate } from '@oml/onnx/chat-template';
import { weightsDigest } from '@oml/onnx/digest';
import { modelFileOf, readModelAt } from '@oml/onnx/file/node-files';
import type { OnnxModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { readTokenizer, type Tokenizer } from '@oml/onnx/tokenizer';
import { OmlError } from '@oml/protocol/error';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * A model by the path of its .onnx file or of the folder around `model.onnx`, as one file, wherever its weights lie.
 * Throws the codes of `openWhole`.
 */
export async function openModel(path: string): Promise<{ model: OnnxModel; digest: string; folder: string }> {
  const model = await readModelAt(path);
  return { model, digest: await weightsDigest(model), folder: dirname(await modelFileOf(path)) };
}

/** A model of one's own, ready to be worked on. Throws the codes of `openSubject`. */
export async function openOwnSubject(path: string): Promise<Subject> {
  const { model } = await openModel(path);
  const tokenizer = await openTokenizer(path).catch(() => undefined);
  const chatTemplate = tokenizer && readChatTemplate(await tokenizerConfig(path));
  return openSubject(
    { model: model.bytes, ...(tokenizer ? { tokenizer } : {}), ...(chatTemplate ? { chatTemplate } : {}) },
    nodeEngine(),
  );
}

/** The tokenizer of a model folder. Throws TOKENIZER_INVALID where there is none. */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  const folder = dirname(await modelFileOf(path));
  const tokenizer = await readJson(join(folder, 'tokenizer.json'));
  if (tokenizer === undefined)
    throw new OmlError(
      'TOKENIZER_INVALID',
      `${folder} has no tokenizer.json. A language model needs its tokenizer beside it.`,
    );
  return readTokenizer(tokenizer, await tokenizerConfig(path));
}

const tokenizerConfig = async (path: string): Promise<object | undefined> =>
  readJson(join(dirname(await modelFileOf(path)), 'tokenizer_config.json'));

async function readJson(path: string): Promise<object | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : (JSON.parse(text) as object);
  } catch (cause) {
    throw new OmlError('TOKENIZER_INVALID', `${path} is no JSON.`, { cause });
  }
}
