import { OmlError } from '@oml/protocol/error';
import { withModelFiles } from '../file/node-files.ts';
import { openStored } from '../file/stored-model.ts';
import { describeSite } from '../inspect/inspect.ts';
import type { ChatTemplate } from './chat-template.ts';
import { readTextFiles } from './model-folder.ts';
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
}

const DEFAULT_CONTEXT = 2_048;

/**
 * Reads a model folder without opening the model; its weights stay where they lie. Throws the codes of `openStored`,
 * `describeSite`, TOKENIZER_INVALID.
 */
export async function readModelFacts(folder: string): Promise<LanguageFacts | ClassifierFacts> {
  const inspection = await withModelFiles(folder, async (files) => describeSite(await openStored(files)));
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
  return { kind: 'classifier', inputDims: inspection.input.dims, classes: inspection.outcomes };
}
