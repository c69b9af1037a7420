import { TensorProto_DataType, type TensorProto } from 'onnx-buf';
import type { OnnxModel } from '../file/model-file.ts';
import { dimsOf as tensorDims, isFloat } from '../file/tensor.ts';
import { indexConstants, type GraphIndex } from './graph.ts';
import { inspectClassifier } from './inspect-classifier.ts';
import { inspectLanguageModel, mainOutput } from './inspect-language.ts';
import { productOf } from './linear-node.ts';
import { unsupported, type Inspection, type ModelInput } from './inspection.ts';
import { dimsOf, modelInputs } from './model-inputs.ts';

type ReadGraph = Pick<OnnxModel, 'proto' | 'graph'>;

/**
 * Finds the edit site of a model and what follows it; weights may be elsewhere, only their dims are read. Throws
 * MODEL_UNSUPPORTED with the reason
 * where it cannot be sure, or where the site cannot be edited. `proveSite` tests what is found here on the running
 * model.
 */
export function inspectModel(model: ReadGraph): Inspection {
  const inspection = describeSite(model);
  if (inspection.readOnly !== undefined) throw unsupported(inspection.readOnly);
  return inspection;
}

/**
 * {@link inspectModel} that also answers for models whose site can be seen but not edited, with the reason in
 * `readOnly`.
 */
export function describeSite(model: ReadGraph): Inspection {
  const index = indexConstants(model.graph);
  const inputs = modelInputs(model);
  const asked = inputs.find(({ role }) => role === 'tokens' || role === 'values')!;
  const found = isDecoder(model, asked) ? inspectLanguageModel(model, index) : inspectClassifier(index, model.graph);
  const weight = index.initializer.get(found.site.initializer)!;
  const dtype = storageOf(weight);
  const readOnly =
    dtype === 'packed' ? `its last projection "${weight.name}" is quantised` : sharedUse(index, weight.name);
  return {
    ...found,
    input: askedInput(model, index, asked),
    inputs,
    reads: asked.role === 'tokens' ? 'tokens' : 'values',
    dtype,
    ...(readOnly === undefined ? {} : { readOnly }),
    opset: Number(model.proto.opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx')?.version ?? 0n),
    parameters: countParameters(model),
  };
}

/**
 * What is asked; one item without a batch around it (reinforcement learners are exported so) counts as a batch of one.
 */
function askedInput(model: ReadGraph, index: GraphIndex, { name, role, dims }: ModelInput): Inspection['input'] {
  if (role !== 'values' || dims.length !== 1) return { name, dims };
  const size = dims[0] ?? firstSize(model, index, name);
  if (size === undefined)
    throw unsupported(`its input "${name.slice(0, 80)}" has one free dim and nothing tells its size`);
  return { name, dims: [1, size], isBare: true };
}

/** Inputs of the first product that reads a tensor. */
function firstSize({ graph }: ReadGraph, index: GraphIndex, name: string): number | undefined {
  return graph.node.flatMap((node) => productOf(index, node) ?? []).find(({ input }) => input === name)?.inSize;
}

/** Tokens in, a score for each token of each position out; an encoder with a pooled head gives one row of scores. */
function isDecoder(model: ReadGraph, asked: ModelInput): boolean {
  if (asked.role !== 'tokens') return false;
  const output = model.graph.output.find(({ name }) => name === mainOutput(model))!;
  const rank = dimsOf(output).length;
  return rank !== 2;
}

function storageOf(weight: TensorProto): Inspection['dtype'] {
  if (!isFloat(weight.dataType)) return 'packed';
  return weight.dataType === TensorProto_DataType.FLOAT
    ? 'float32'
    : weight.dataType === TensorProto_DataType.FLOAT16
      ? 'float16'
      : 'bfloat16';
}

/** A weight that something else reads too would change more than the site. */
function sharedUse(index: GraphIndex, name: string, depth = 0): string | undefined {
  const users = index.consumers.get(name) ?? [];
  const [only] = users;
  if (users.length !== 1 || !only) return `its last projection "${name}" is used ${users.length} times`;
  const passes = ['Cast', 'Identity', 'Transpose'].includes(only.opType) && depth < 8;
  return passes ? sharedUse(index, only.output[0] ?? '', depth + 1) : undefined;
}

function countParameters(model: Pick<OnnxModel, 'graph'>): number {
  const floats = model.graph.initializer.filter((tensor) => isFloat(tensor.dataType) && tensor.dims.length > 0);
  return floats.reduce((sum, tensor) => sum + tensorDims(tensor).reduce((product, dim) => product * dim, 1), 0);
}
