import { OmlError } from '@oml/protocol/error';
import { fromFloat16 } from '../file/half.ts';

/** A dense row-major tensor as it goes into and comes out of an engine. float16 is held as its bits, bool as bytes. */
export type Tensor =
  | { dtype: 'float32'; dims: readonly number[]; data: Float32Array }
  | { dtype: 'float16'; dims: readonly number[]; data: Uint16Array }
  | { dtype: 'int64'; dims: readonly number[]; data: BigInt64Array }
  | { dtype: 'int32'; dims: readonly number[]; data: Int32Array }
  | { dtype: 'bool'; dims: readonly number[]; data: Uint8Array };

export type FloatTensor = Extract<Tensor, { dtype: 'float32' }>;

/** One loaded graph. */
export interface Runner {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once; fetches only `outputs` where given. float16 results come as float32. Throws MODEL_INVALID,
   * MODEL_UNSUPPORTED for other types.
   */
  run(feeds: Record<string, Tensor>, outputs?: readonly string[]): Promise<Record<string, FloatTensor>>;
  /** The same with every result in its own type. */
  runTensors(feeds: Record<string, Tensor>, outputs?: readonly string[]): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

/** Something that loads ONNX files: onnxruntime-node or onnxruntime-web. */
export interface Engine {
  /** Throws MODEL_UNSUPPORTED where the engine refuses the graph. */
  open(model: Uint8Array): Promise<Runner>;
}

/** The named output, or a plain Error: a missing one is a slip in our own code, not in the caller's. */
export function outputOf(outputs: Record<string, FloatTensor>, name: string): FloatTensor {
  const tensor = outputs[name];
  if (!tensor) throw new Error(`The engine returned no output "${name}".`);
  return tensor;
}

/** All of them as float32. Throws MODEL_UNSUPPORTED for integers. */
export function toFloats(tensors: Record<string, Tensor>): Record<string, FloatTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, asFloats(name, tensor)]));
}

function asFloats(name: string, tensor: Tensor): FloatTensor {
  if (tensor.dtype === 'float32') return tensor;
  if (tensor.dtype === 'float16') return { dtype: 'float32', dims: tensor.dims, data: fromFloat16(tensor.data) };
  throw new OmlError('MODEL_UNSUPPORTED', `The output "${name}" is ${tensor.dtype}, not a float.`);
}
