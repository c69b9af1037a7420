import { fedInputs, idleInputs } from '@oml/onnx/inspect/model-inputs';
import { floatTensors } from '@oml/onnx/inspect/float-tensors';
import type { InputRole, ModelInput } from '@oml/onnx/inspection';
import type { OnnxModel } from '@oml/onnx/model-file';
import { OmlError } from '@oml/protocol/error';
import type { Inspection } from '@oml/onnx/inspection';

/** One way to understand the inputs and outputs of a file whose names mean nothing. */
export interface Way {
  inputs: ModelInput[];
  /** The one input that is asked: tokens or values. */
  asked: ModelInput & Pick<Inspection['input'], 'isBare'>;
  /** The output that holds the scores. */
  output: string;
}

/** Integer inputs beyond this many are no language model's: their meanings would be tried one by one. */
const MOST_INTEGERS = 4;
const BESIDES: readonly InputRole[] = ['mask', 'positions', 'types'];

/**
 * Every way in which a file may take questions and give scores, by the types of its inputs alone. Throws
 * MODEL_UNSUPPORTED where none makes sense.
 */
export function waysOf(model: OnnxModel, kind: Inspection['kind']): Way[] {
  const inputs = fedInputs(model);
  const outputs = scoreOutputs(model);
  const idle = idleInputs(model.graph);
  const valueRoles = inputs.map(({ name }): InputRole => (idle.has(name) ? 'idle' : 'values'));
  const roles = kind === 'language' ? languageRoles(inputs) : [valueRoles];
  const ways = roles.flatMap((each) => {
    const meant = inputs.map((input, i): ModelInput => ({ ...input, role: each[i]! }));
    const asked = meant.filter(({ role }) => role === 'tokens' || role === 'values');
    return asked.length === 1 ? outputs.map((output) => ({ inputs: meant, asked: asked[0]!, output })) : [];
  });
  if (ways.length > 0) return ways;
  throw new OmlError(
    'MODEL_UNSUPPORTED',
    `This file cannot be asked as the owner's model is: it takes ${inputs.length} inputs (${inputs
      .map(({ dtype, dims }) => `${dtype} of rank ${dims.length}`)
      .join(', ')
      .slice(0, 200)}).`,
  );
}

/** Outputs that may be scores: floats, or of a type that the graph does not tell. */
function scoreOutputs({ graph }: OnnxModel): string[] {
  const floats = floatTensors(graph);
  const known = graph.output.map(({ name }) => name).filter((name) => floats.has(name));
  return known.length > 0 ? known : graph.output.map(({ name }) => name);
}

/** Which integer is the tokens and what the others are; floats are caches or masks, switches are off. */
function languageRoles(inputs: readonly Omit<ModelInput, 'role'>[]): InputRole[][] {
  const integers = inputs.flatMap(({ dtype, dims }, i) =>
    (dtype === 'int64' || dtype === 'int32') && dims.length <= 2 ? [i] : [],
  );
  if (integers.length === 0 || integers.length > MOST_INTEGERS) return [];
  return orders<InputRole>(['tokens', ...BESIDES], integers.length)
    .filter((order) => order.includes('tokens'))
    .map((order) =>
      inputs.map(({ dtype, dims }, i) => {
        const place = integers.indexOf(i);
        if (place >= 0) return order[place]!;
        if (dtype === 'bool') return dims.length === 2 ? 'mask' : 'flag';
        return dims.length > 2 ? 'past' : 'mask';
      }),
    );
}

/** All ways to choose `count` of some things in order. */
function orders<T>(things: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return things.flatMap((first) =>
    orders(
      things.filter((thing) => thing !== first),
      count - 1,
    ).map((rest) => [first, ...rest]),
  );
}
