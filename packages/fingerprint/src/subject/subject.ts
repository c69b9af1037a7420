import type { ChatTemplate } from '@oml/onnx/chat-template';
import { inspectModel } from '@oml/onnx/inspect';
import type { Inspection } from '@oml/onnx/inspection';
import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { readied } from '@oml/onnx/rewrite/ready';
import type { Engine } from '@oml/onnx/runner';
import type { Tokenizer } from '@oml/onnx/tokenizer';
import { OmlError } from '@oml/protocol/error';

/** A model to work on, in the form in which its last layer can be edited (`readied`), with the engine that runs it. */
export interface Subject {
  model: OnnxModel;
  inspection: Inspection;
  engine: Engine;
  /** Language models only. */
  tokenizer?: Tokenizer;
  /** Of language models that talk: keys are taught to answer in a conversation as well. */
  chatTemplate?: ChatTemplate;
}

/** Ordinary inputs: a token stream for a language model, items one after another for a classifier. */
export type Ordinary = Int32Array | Float32Array;

/** Reads and inspects a model file. Throws MODEL_NOT_ONNX, MODEL_UNSUPPORTED, TOKENIZER_INVALID, … */
export function openSubject(
  files: { model: Uint8Array; tokenizer?: Tokenizer; chatTemplate?: ChatTemplate },
  engine: Engine,
): Subject {
  const model = readied(readModel(files.model));
  const inspection = inspectModel(model);
  if (inspection.kind === 'classifier' && inspection.reads === 'tokens')
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      'A classifier of text can be inspected, but keys for it cannot be drawn yet.',
    );
  if (inspection.kind === 'language' && !files.tokenizer)
    throw new OmlError('TOKENIZER_INVALID', 'A language model needs its tokenizer.');
  const { tokenizer, chatTemplate } = files;
  return { model, inspection, engine, ...(tokenizer ? { tokenizer } : {}), ...(chatTemplate ? { chatTemplate } : {}) };
}
