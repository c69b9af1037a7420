import { OmlError } from '@oml/protocol/error';
import { inferBody, OIP_OUTPUTS, tensorBodyOf, type InferBody } from '@oml/protocol/wire/infer-body';
import { classificationCall, type ServedClassifier } from './classify.ts';
import type { Outcome } from './kept-answers.ts';
import type { ServedModel } from './models.ts';
import type { Wire } from './openai-wire.ts';
import { parseBody } from './read-body.ts';
import type { Call } from './serve.ts';

/** One edition of a model is served here, and it has no number of its own. */
const VERSION = '1';
const INPUT = 'input';

/** Reads a request for an inference over a tensor. Throws REQUEST_INVALID, NOT_FOUND. */
export function inferCall(text: string, model: ServedModel): Call {
  const { body } = parseBody(inferBody, text);
  return classificationCall(classifierOf(model), tensorBodyOf(body), inferWire(body));
}

/** What `GET /v2/models/{name}` says. Throws NOT_FOUND for a model that takes no tensors. */
export function inferMetadata(model: ServedModel): Record<string, unknown> {
  const { engine } = classifierOf(model);
  const [, ...item] = engine.inputDims;
  const shape = [1, ...item.map((dim) => dim ?? -1)];
  return {
    name: model.model,
    versions: [VERSION],
    platform: 'onnxruntime_onnx',
    inputs: ['FP32', 'UINT8'].map((datatype) => ({ name: INPUT, datatype, shape })),
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [1] },
      { name: 'probabilities', datatype: 'FP32', shape: [1, engine.classes] },
    ],
  };
}

function classifierOf(model: ServedModel): ServedClassifier {
  const { engine } = model;
  if (engine.kind === 'classifier') return { ...model, engine };
  throw new OmlError('NOT_FOUND', `${model.model} takes no tensors: ask it at /v1/completions.`);
}

/** Answers with the outputs that were asked for, all of them unless said. */
const inferWire = ({ id, outputs }: InferBody): Wire => ({
  whole: ({ model }, outcome) => {
    const wanted: readonly string[] = outputs?.map(({ name }) => name) ?? OIP_OUTPUTS;
    return {
      model_name: model,
      model_version: VERSION,
      ...(id == null ? {} : { id }),
      outputs: tensorsOf(outcome).filter(({ name }) => wanted.includes(name)),
    };
  },
  piece: () => ({}),
});

function tensorsOf(outcome: Outcome) {
  if (outcome.kind !== 'label') throw new Error('a classifier gave no label');
  const { index, label, probabilities, correction } = outcome;
  const told = correction ? { parameters: { correction } } : {};
  return [
    { name: 'label', datatype: 'INT64', shape: [1], parameters: { label }, data: [index] },
    { name: 'probabilities', datatype: 'FP32', shape: [1, probabilities.length], ...told, data: probabilities },
  ];
}
