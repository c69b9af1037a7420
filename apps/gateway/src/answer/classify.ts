import { Classifier } from '@oml/onnx/classifier';
import { OmlError } from '@oml/protocol/error';
import { tensorQueryHash } from '@oml/protocol/evidence/query';
import type { ServedModel } from './models.ts';
import { classifyBody, parseBody, type ClassifyBody } from './openai-wire.ts';
import type { Call } from './serve.ts';

/** Pixels travel as bytes; models take them as shares of full brightness. */
const UINT8_SCALE = 255;

/**
 * Reads a request for a classification; everything that can be refused is refused here, before it costs anything.
 * Throws REQUEST_INVALID, NOT_FOUND.
 */
export function classifyCall(text: string, find: (name: string) => ServedModel): Call {
  const { body } = parseBody(classifyBody, text);
  const model = find(body.model);
  const { engine, labels } = model;
  if (!(engine instanceof Classifier))
    throw new OmlError('REQUEST_INVALID', `${model.model} is a language model: ask it at /v1/completions.`);
  const tensor = tensorOf(body);
  checkShape(engine, tensor.shape);
  const data =
    tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data, (pixel) => pixel / UINT8_SCALE);
  return {
    model,
    queryHash: tensorQueryHash(tensor),
    stream: false,
    async run() {
      const { label: index, probabilities } = await engine.classify({ shape: tensor.shape, data });
      return { kind: 'label', index, label: labels[index] ?? String(index), probabilities };
    },
  };
}

function tensorOf({ dtype, shape, data }: ClassifyBody) {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  if (dtype === 'uint8') return { dtype, shape, data: bytes };
  if (bytes.length % 4 !== 0) throw new OmlError('REQUEST_INVALID', `${bytes.length} bytes are no float32 values.`);
  const values = new Float32Array(bytes.buffer);
  if (!values.every(Number.isFinite))
    throw new OmlError('REQUEST_INVALID', 'The tensor holds values that are not finite.');
  return { dtype, shape, data: values };
}

function checkShape({ inputDims }: Classifier, shape: readonly number[]): void {
  const [, ...item] = inputDims;
  const fits =
    shape.length === inputDims.length && shape[0] === 1 && item.every((dim, i) => dim === null || dim === shape[i + 1]);
  if (!fits)
    throw new OmlError(
      'REQUEST_INVALID',
      `The model takes [1, ${item.map((dim) => dim ?? 'any').join(', ')}], not [${shape.join(', ')}].`,
    );
}
