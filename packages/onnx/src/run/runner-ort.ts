import { OmlError } from '@oml/protocol/error';
import type * as Ort from 'onnxruntime-common';
import { toFloats, type Runner, type Tensor } from './runner.ts';

/** The part of onnxruntime that -node and -web share. */
export interface OrtModule {
  InferenceSession: {
    create(model: Uint8Array, options?: Ort.InferenceSession.SessionOptions): Promise<Ort.InferenceSession>;
  };
  Tensor: typeof Ort.Tensor;
}

/** Opens a session of either onnxruntime as a {@link Runner}. */
export async function openOrtRunner(
  ort: OrtModule,
  model: Uint8Array,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Runner> {
  const session = await createSession(ort, model, options);
  const runTensors: Runner['runTensors'] = (feeds, outputs) => runSession(ort, session, feeds, outputs);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    runTensors,
    run: async (feeds, outputs) => toFloats(await runTensors(feeds, outputs)),
    dispose: () => session.release(),
  };
}

async function createSession(ort: OrtModule, model: Uint8Array, options: Ort.InferenceSession.SessionOptions) {
  try {
    return await ort.InferenceSession.create(model, { logSeverityLevel: 4, ...options });
  } catch (cause) {
    const engine = wordsOf(cause);
    throw new OmlError('MODEL_UNSUPPORTED', `The inference engine refuses this graph. It says: ${engine}`, {
      cause,
      details: { engine },
    });
  }
}

/** What the engine says, on one line: it names the node and its types, of which nobody else knows. */
const wordsOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 300);

async function runSession(
  ort: OrtModule,
  session: Ort.InferenceSession,
  feeds: Record<string, Tensor>,
  outputs = session.outputNames as readonly string[],
) {
  const inputs = mapValues(feeds, (tensor) => toOrt(ort, tensor));
  const results = await session.run(inputs, [...outputs]).catch((cause: unknown) => {
    throw new OmlError('MODEL_INVALID', 'The inference engine failed on this input.', { cause });
  });
  return Object.fromEntries(outputs.map((name) => [name, fromOrt(name, results[name])]));
}

function toOrt(ort: OrtModule, { dtype, data, dims }: Tensor): Ort.Tensor {
  // onnxruntime turns float16 bits into a Float16Array, which its native side then takes for empty: it has to be told
  // the type afterwards.
  if (dtype === 'float16') return Object.assign(new ort.Tensor('uint16', data, dims), { type: dtype });
  return new ort.Tensor(dtype as 'float32', data as Float32Array, dims);
}

const TYPES = new Set<string>(['float32', 'float16', 'int64', 'int32', 'bool']);

function fromOrt(name: string, result: Ort.OnnxValue | undefined): Tensor {
  const tensor = result as Ort.Tensor | undefined;
  if (!tensor || !TYPES.has(tensor.type))
    throw new OmlError('MODEL_UNSUPPORTED', `The output "${name}" is ${tensor?.type}, which is not read.`);
  // Newer platforms hand float16 over as Float16Array; its bits are what is wanted.
  const { data } = tensor as { data: Uint16Array };
  const plain = tensor.type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data;
  return { dtype: tensor.type, dims: tensor.dims, data: plain } as unknown as Tensor;
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
