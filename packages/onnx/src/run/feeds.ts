import { OmlError } from '@oml/protocol/error';
import { toFloat16 } from '../file/half.ts';
import type { Inspection, ModelInput } from '../inspect/inspection.ts';
import type { Tensor } from './runner.ts';

type Asked = Pick<Inspection, 'input' | 'inputs'>;

/**
 * Everything that a model of tokens is fed with for a batch of equally long sequences: ids, an attention mask of ones,
 * positions from 0 (others may be given, sequence after sequence), token types of 0, empty caches. Throws
 * REQUEST_INVALID for sequences of different lengths or none.
 */
export function feedTokens(
  inspection: Asked,
  batch: readonly (readonly number[])[],
  positions?: readonly number[],
): Record<string, Tensor> {
  const length = batch[0]?.length ?? 0;
  if (length === 0 || batch.some((ids) => ids.length !== length))
    throw new OmlError('REQUEST_INVALID', 'A batch needs sequences of one length, at least one token long.');
  return Object.fromEntries(inspection.inputs.map((input) => [input.name, tokenFeed(input, batch, positions)]));
}

/**
 * `count` items one after another as the model's one input of values takes them, and zeros for inputs that its answers
 * do not depend on. `item` is the form of an item where the model leaves it open.
 */
export function feedValues(
  { input: asked, inputs }: Asked,
  data: Float32Array,
  count: number,
  item: readonly number[] = asked.dims.slice(1).map((dim) => dim ?? 1),
): Record<string, Tensor> {
  const isWhole = data.length === item.reduce((product, dim) => product * dim, count);
  if (!isWhole || (asked.isBare && count !== 1))
    throw new OmlError('REQUEST_INVALID', `${data.length} values are not ${count} items of [${item.join(', ')}].`);
  return Object.fromEntries(
    inputs.map((input) => [
      input.name,
      input.role === 'values'
        ? numbers(input, asked.isBare ? [...item] : [count, ...item], (i) => data[i]!)
        : numbers(
            input,
            input.dims.map((dim) => dim ?? 1),
            () => 0,
          ),
    ]),
  );
}

function tokenFeed(
  input: ModelInput,
  batch: readonly (readonly number[])[],
  positions: readonly number[] | undefined,
): Tensor {
  const { length } = batch[0]!;
  const dims = [batch.length, length];
  switch (input.role) {
    case 'tokens':
      return numbers(input, dims, (i) => batch[Math.floor(i / length)]![i % length]!);
    case 'mask':
      return numbers(input, dims, () => 1);
    case 'positions':
      return numbers(input, dims, (i) => positions?.[i] ?? i % length);
    case 'types':
      return numbers(input, dims, () => 0);
    case 'past':
      // The first free dim is the batch, any other one the tokens that are cached already.
      return numbers(input, pastDims(input.dims, batch.length), () => 0);
    default:
      return numbers(
        input,
        input.dims.map((dim) => dim ?? 1),
        () => 0,
      );
  }
}

function pastDims(dims: readonly (number | null)[], batch: number): number[] {
  const first = dims.indexOf(null);
  return dims.map((dim, i) => dim ?? (i === first && dims.indexOf(null, i + 1) >= 0 ? batch : 0));
}

function numbers({ dtype }: ModelInput, dims: number[], value: (i: number) => number): Tensor {
  const shape = { length: dims.reduce((product, dim) => product * dim, 1) };
  switch (dtype) {
    case 'int64':
      return { dtype, dims, data: BigInt64Array.from(shape, (_, i) => BigInt(value(i))) };
    case 'int32':
      return { dtype, dims, data: Int32Array.from(shape, (_, i) => value(i)) };
    case 'bool':
      return { dtype, dims, data: Uint8Array.from(shape, (_, i) => value(i)) };
    case 'float16':
      return { dtype, dims, data: toFloat16(Float32Array.from(shape, (_, i) => value(i))) };
    default:
      return { dtype, dims, data: Float32Array.from(shape, (_, i) => value(i)) };
  }
}
