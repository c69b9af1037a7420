import { OmlError } from '@oml/protocol/error';
import type * as Ort from 'onnxruntime-common';
import type { FloatTensor, Runner, Tensor } from './runner.ts';

/** The part of onnxruntime that -node and -web share. */
export interface OrtModule {
  InferenceSession: { create(model: Uint8Array, options?: Ort.InferenceSession.SessionOptions): Promise<Ort.InferenceSession> };
  Tensor: typeof Ort.Tensor;
}

/** Opens a session of either onnxruntime as a {@link Runner}. */
export async function openOrtRunner(ort: OrtModule, model: Uint8Array, options: Ort.InferenceSession.SessionOptions): Promise<Runner> {
  const session = await createSession(ort, model, options);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (feeds, outputs) => runSession(ort, session, feeds, outputs),
    dispose: () => session.release(),
  };
}

async function createSession(ort: OrtModule, model: Uint8Array, options: Ort.InferenceSession.SessionOptions) {
  try {
    return await ort.InferenceSession.create(model, { logSeverityLevel: 4, ...options });
  } catch (cause) {
    throw new OmlError('MODEL_UNSUPPORTED', 'The inference engine refuses this graph.', { cause, details: { engine: String(cause).slice(0, 300) } });
  }
}

async function runSession(ort: OrtModule, session: Ort.InferenceSession, feeds: Record<string, Tensor>, outputs = session.outputNames as readonly string[]) {
  const inputs: Record<string, Ort.Tensor> = {};
  for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(ort, tensor);
  const results = await session.run(inputs, [...outputs]).catch((cause: unknown) => {
    throw new OmlError('MODEL_INVALID', 'The inference engine failed on this input.', { cause });
  });
  const floats: Record<string, FloatTensor> = {};
  for (const name of outputs) {
    const result = results[name];
    if (result?.type !== 'float32') throw new OmlError('MODEL_UNSUPPORTED', `The output "${name}" is ${result?.type}, not float32.`);
    floats[name] = { dtype: 'float32', dims: result.dims, data: result.data as Float32Array };
  }
  return floats;
}

function toOrt(ort: OrtModule, tensor: Tensor): Ort.Tensor {
  return tensor.dtype === 'int64' ? new ort.Tensor('int64', tensor.data, tensor.dims) : new ort.Tensor('float32', tensor.data, tensor.dims);
}
