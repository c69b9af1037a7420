import { TensorProto_DataType, type GraphProto, type ValueInfoProto } from 'onnx-buf';
import type { OnnxModel } from '../file/model-file.ts';
import { namesRead } from './graph.ts';
import { unsupported, type InputRole, type ModelInput } from './inspection.ts';

const DTYPES: Record<number, ModelInput['dtype']> = {
  [TensorProto_DataType.FLOAT]: 'float32',
  [TensorProto_DataType.FLOAT16]: 'float16',
  [TensorProto_DataType.INT64]: 'int64',
  [TensorProto_DataType.INT32]: 'int32',
  [TensorProto_DataType.BOOL]: 'bool',
};

/** Names that exporters give to what goes with the tokens. */
const ROLES: readonly [RegExp, InputRole][] = [
  [/^past([._]|$)|past_key|past_value|cache_(key|value)/, 'past'],
  [/attention_mask|input_mask/, 'mask'],
  [/position_ids/, 'positions'],
  [/token_type|segment_ids/, 'types'],
  [/use_cache_branch/, 'flag'],
];

/**
 * The inputs that have to be fed, each with its meaning. Throws MODEL_UNSUPPORTED for one that has none, or more than
 * one question to ask.
 */
export function modelInputs(model: Pick<OnnxModel, 'graph'>): ModelInput[] {
  const fed = fedInputs(model);
  // What goes with tokens has a meaning each, read or not.
  const idle = fed.some(({ dtype }) => dtype === 'int64' || dtype === 'int32') ? undefined : idleInputs(model.graph);
  const inputs = fed.map((input): ModelInput => ({ ...input, role: idle?.has(input.name) ? 'idle' : roleOf(input) }));
  const asked = inputs.filter(({ role }) => role === 'tokens' || role === 'values');
  if (asked.length === 0) throw unsupported('it takes neither tokens nor values');
  if (asked.length > 1)
    throw unsupported(
      `its answers depend on ${asked.length} inputs together (${asked
        .map(({ name, dtype }) => `${name.slice(0, 40)}: ${dtype}`)
        .join(', ')
        .slice(0, 200)}), and a key asks one: an export with the others fixed, or left out, can be marked`,
    );
  const fixed = inputs.find(({ role, dims }) => role === 'past' && !dims.some((dim, i) => dim === null && i > 0));
  if (fixed) throw unsupported(`its cache "${fixed.name.slice(0, 80)}" has a fixed length, which cannot be left empty`);
  return inputs;
}

/** Inputs on which the first output does not depend, such as a state that is handed through. */
export function idleInputs({ node, input, output }: Pick<GraphProto, 'node' | 'input' | 'output'>): Set<string> {
  const needed = new Set([(output.find(({ name }) => name === 'logits') ?? output[0])?.name]);
  for (const one of node.toReversed())
    if (one.output.some((name) => needed.has(name))) for (const name of namesRead(one)) needed.add(name);
  return new Set(input.map(({ name }) => name).filter((name) => !needed.has(name)));
}

/** The inputs that have to be fed, whatever they mean. Throws MODEL_UNSUPPORTED for types that OML does not feed. */
export function fedInputs({ graph }: Pick<OnnxModel, 'graph'>): Omit<ModelInput, 'role'>[] {
  const constant = new Set(graph.initializer.map((tensor) => tensor.name));
  const fed = graph.input.filter((input) => !constant.has(input.name));
  return fed.map((input) => ({ name: input.name, dtype: dtypeOf(input), dims: dimsOf(input) }));
}

/** Shape as declared; null for a free dim, none at all where the rank is open. */
export function dimsOf(value: ValueInfoProto): (number | null)[] {
  const shape = value.type?.value.case === 'tensorType' ? value.type.value.value.shape : undefined;
  return (shape?.dim ?? []).map((dim) =>
    dim.value.case === 'dimValue' && dim.value.value > 0n ? Number(dim.value.value) : null,
  );
}

function dtypeOf(input: ValueInfoProto): ModelInput['dtype'] {
  const type = input.type?.value.case === 'tensorType' ? input.type.value.value.elemType : 0;
  const dtype = DTYPES[type];
  if (!dtype)
    throw unsupported(`its input "${input.name.slice(0, 80)}" is of data type ${type}, neither tokens nor values`);
  return dtype;
}

function roleOf({ name: inputName, dtype }: Omit<ModelInput, 'role'>): InputRole {
  const known = ROLES.find(([name]) => name.test(inputName))?.[1];
  if (known) return known;
  if (dtype === 'bool') throw unsupported(`its input "${inputName.slice(0, 80)}" is a switch of unknown meaning`);
  return dtype === 'int64' || dtype === 'int32' ? 'tokens' : 'values';
}
