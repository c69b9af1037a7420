import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { buildNode, buildTensor } from '../file/build.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../file/half.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { dimsOf, readFloats } from '../file/tensor.ts';
import { mapTensors } from './weights.ts';
import { needOpset, rebuildModel } from './rebuild.ts';

export type HalfFormat = 'float16' | 'bfloat16';

const LARGEST_FLOAT16 = 65504;
const TYPES = { float16: TensorProto_DataType.FLOAT16, bfloat16: TensorProto_DataType.BFLOAT16 };

/**
 * Rounds every float32 initializer to a 16-bit format and keeps it as float32: what a model loses by being saved so.
 */
export function roundWeights(model: OnnxModel, format: HalfFormat): OnnxModel {
  const decode = format === 'float16' ? fromFloat16 : fromBfloat16;
  return mapTensors(model, new Set(float32Initializers(model).map((t) => t.name)), (values) =>
    decode(encode(values, format)),
  );
}

/**
 * Stores every float32 initializer in a 16-bit format, with a Cast to float32 behind it; the arithmetic stays float32,
 * and the outputs are
 * those of {@link roundWeights}. Half the size. Throws MODEL_UNSUPPORTED below operator set 13.
 */
export function storeWeights(model: OnnxModel, format: HalfFormat): OnnxModel {
  needOpset(model, 13, 'A Cast of 16-bit weights');
  const chosen = new Set(float32Initializers(model).map((tensor) => tensor.name));
  const casts: NodeProto[] = [];
  const initializer = model.graph.initializer.map((tensor): TensorProto => {
    if (!chosen.has(tensor.name)) return tensor;
    const stored = `${tensor.name}.${format}`;
    casts.push(buildNode('Cast', [stored], tensor.name, { to: BigInt(TensorProto_DataType.FLOAT) }));
    return buildTensor(stored, TYPES[format], dimsOf(tensor), encode(readFloats(tensor), format));
  });
  return rebuildModel(model, { initializer, node: [...casts, ...model.graph.node] });
}

const float32Initializers = (model: OnnxModel) =>
  model.graph.initializer.filter((t) => t.dataType === TensorProto_DataType.FLOAT);

/** Finite values beyond float16 end at its largest, as converters do: a mask of −1e9 must stay a number. */
function encode(values: Float32Array, format: HalfFormat): Uint16Array<ArrayBuffer> {
  if (format === 'bfloat16') return toBfloat16(values);
  return toFloat16(
    values.map((value) =>
      Number.isFinite(value) ? Math.max(-LARGEST_FLOAT16, Math.min(LARGEST_FLOAT16, value)) : value,
    ),
  );
}
