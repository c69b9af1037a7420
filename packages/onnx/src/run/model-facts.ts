import { OmlError } from '@oml/protocol/error';
import { dirname } from 'node:path';
import type { Preprocessing } from '../data/preprocessing.ts';
import { modelFileOf, withModelFiles } from '../file/node-files.ts';
import { openStored } from '../file/stored-model.ts';
import { describeSite } from '../inspect/inspect.ts';
import type { ChatTemplate } from './chat-template.ts';
import { readPreprocessingBeside, readTextFiles } from './model-folder.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What a language model's files say, without an engine that runs it. */
export interface LanguageFacts {
  kind: 'language';
  tokenizer: Tokenizer;
  chatTemplate: ChatTemplate | undefined;
  /** Prompt and answer together, in tokens. */
  contextLength: number;
  /** How many tokens have a score. */
  vocabularySize: number;
}

/** What a classifier's file says. */
export interface ClassifierFacts {
  kind: 'classifier';
  /** Dims of one batch; null = any. The first is the batch. */
  inputDims: readonly (number | null)[];
  classes: number;
  /** How pixels become what it is fed. */
  preprocessing: Preprocessing | undefined;
}

const DEFAULT_CONTEXT = 2_048;

/**
 * Reads a model, by its folder or its .onnx file, without opening it; its weights stay where they lie. Throws the codes of `openStored`,
 * `describeSite`, TOKENIZER_INVALID, REQUEST_INVALID.
 */
export async function readModelFacts(path: string): Promise<LanguageFacts | ClassifierFacts> {
  const inspection = await withModelFiles(path, async (files) => describeSite(await openStored(files)));
  const folder = dirname(await modelFileOf(path));
  if (inspection.kind === 'language') {
    const {
      tokenizer,
      chatTemplate,
      contextLength = inspection.contextLength ?? DEFAULT_CONTEXT,
    } = await readTextFiles(folder);
    return { kind: 'language', tokenizer, chatTemplate, contextLength, vocabularySize: inspection.outcomes };
  }
  if (inspection.reads !== 'values')
    throw new OmlError('MODEL_UNSUPPORTED', 'This classifier reads tokens, not values.');
  return {
    kind: 'classifier',
    inputDims: inspection.input.dims,
    classes: inspection.outcomes,
    preprocessing: await readPreprocessingBeside(folder),
  };
}
