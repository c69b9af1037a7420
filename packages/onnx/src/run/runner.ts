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
  /** Runs the graph once; fetches only `outputs` where given. float16 results come as float32. Throws MODEL_INVALID, MODEL_UNSUPPORTED for other types. */
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
