import { TensorProto_DataType, type ValueInfoProto } from 'onnx-buf';
import { indexGraph, type GraphIndex } from './graph.ts';
import { inspectClassifier } from './inspect-classifier.ts';
import { inspectLanguageModel } from './inspect-language.ts';
import { unsupported, type Inspection } from './inspection.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { dimsOf } from '../file/tensor.ts';

/** Finds the edit site of a model and what follows it. Throws MODEL_UNSUPPORTED with the reason where it cannot be sure. */
export function inspectModel(model: Pick<OnnxModel, 'proto' | 'graph'>): Inspection {
  const index = indexGraph(model.graph);
  const input = onlyInput(model, index);
  const output = model.graph.output[0]!.name;
  const inspection = isTokenInput(input) ? inspectLanguageModel(model, index) : inspectClassifier(index, output);
  const users = index.consumers.get(inspection.site.initializer) ?? [];
  if (users.length !== 1) throw unsupported(`its last projection "${inspection.site.initializer}" is used ${users.length} times`);
  return {
    ...inspection,
    input: { name: input.name, dims: inputDims(input) },
    output,
    opset: Number(model.proto.opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx')?.version ?? 0n),
    parameters: countParameters(model),
  };
}

function onlyInput(model: Pick<OnnxModel, 'graph'>, index: GraphIndex): ValueInfoProto {
  const inputs = model.graph.input.filter((input) => !index.initializer.has(input.name));
  if (inputs.length !== 1 || !inputs[0]) throw unsupported(`it takes ${inputs.length} inputs (${inputs.map((i) => i.name).join(', ')}), and one is supported`);
  return inputs[0];
}

function isTokenInput(input: ValueInfoProto): boolean {
  const type = input.type?.value.case === 'tensorType' ? input.type.value.value.elemType : undefined;
  if (type === TensorProto_DataType.INT64) return true;
  if (type === TensorProto_DataType.FLOAT) return false;
  throw unsupported(`its input "${input.name}" is neither int64 tokens nor float32 values`);
}

function inputDims(input: ValueInfoProto): (number | null)[] {
  const shape = input.type?.value.case === 'tensorType' ? input.type.value.value.shape : undefined;
  return (shape?.dim ?? []).map((dim) => (dim.value.case === 'dimValue' && dim.value.value > 0n ? Number(dim.value.value) : null));
}

function countParameters(model: Pick<OnnxModel, 'graph'>): number {
  const floats = model.graph.initializer.filter((tensor) => tensor.dataType === TensorProto_DataType.FLOAT && tensor.dims.length > 0);
  return floats.reduce((sum, tensor) => sum + dimsOf(tensor).reduce((product, dim) => product * dim, 1), 0);
}
