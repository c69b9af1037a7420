import { fedValues } from '@oml/onnx/data/fed-values';
import { OmlError } from '@oml/protocol/error';
import { askedTensorText, tensorQueryHash } from '@oml/protocol/evidence/query';
import { classifyBody, tensorOf, type TensorBody } from '@oml/protocol/wire/call-body';
import type { ClassifierEngine } from '../engine/engine.ts';
import type { ServedModel } from './models.ts';
import { shortRef, type Wire } from './openai-wire.ts';
import { parseBody } from './read-body.ts';
import type { Call } from './serve.ts';

/** `POST /v1/classify`; a label is never streamed. */
const classificationWire: Wire = {
  whole: ({ useRef, model, created }, outcome) => {
    const { kind: _, ...classified } = outcome;
    return { id: `cls-${shortRef(useRef)}`, object: 'classification', created, model, ...classified };
  },
  piece: () => ({}),
};

/**
 * Reads a request for a classification; everything that can be refused is refused here, before it costs anything.
 * Throws REQUEST_INVALID, NOT_FOUND.
 */
export function classifyCall(text: string, find: (name: string) => ServedModel): Call {
  const { body } = parseBody(classifyBody, text);
  const model = find(body.model);
  const { engine } = model;
  if (engine.kind !== 'classifier')
    throw new OmlError('REQUEST_INVALID', `${model.model} is a language model: ask it at /v1/completions.`, {
      details: { param: 'model' },
    });
  return classificationCall({ ...model, engine }, body, classificationWire);
}

/** A classifier that is served. */
export type ServedClassifier = ServedModel & { engine: ClassifierEngine };

/** A classification of a tensor, whichever route it came by. Throws REQUEST_INVALID. */
export function classificationCall(model: ServedClassifier, given: TensorBody, wire: Wire): Call {
  const { engine, labels } = model;
  const tensor = tensorOf(given);
  checkShape(engine, tensor.shape);
  const data = fedValues(tensor.data, engine.preprocessing);
  return {
    model,
    queryHash: tensorQueryHash(tensor),
    asked: askedTensorText(given),
    wire,
    most: { inputTokens: 0, outputTokens: 0 },
    stream: undefined,
    async run() {
      const { label: index, probabilities, correction } = await engine.classify({ shape: tensor.shape, data });
      const label = labels[index] ?? String(index);
      return { kind: 'label', index, label, probabilities, ...(correction ? { correction } : {}) };
    },
  };
}

function checkShape({ inputDims }: ClassifierEngine, shape: readonly number[]): void {
  const [, ...item] = inputDims;
  const fits =
    shape.length === inputDims.length && shape[0] === 1 && item.every((dim, i) => dim === null || dim === shape[i + 1]);
  if (!fits)
    throw new OmlError(
      'REQUEST_INVALID',
      `The model takes [1, ${item.map((dim) => dim ?? 'any').join(', ')}], not [${shape.join(', ')}].`,
      { details: { param: 'shape' } },
    );
}
