import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { dimsOf, rawBytes } from '../../file/tensor.ts';
import { attributeOf } from '../attribute.ts';
import { axisOf, dimArithmetic, isFloat, type Dim, type Facts } from './facts.ts';

const MOST_VALUES = 64;

/** Elements of a small integer tensor that a node computes from shapes and constants; undefined where unknown. */
export function inferValues(node: NodeProto, inputs: readonly (Facts | undefined)[]): Dim[] | undefined {
  const [a, b] = inputs.map((input) => input?.values);
  switch (node.opType) {
    case 'Shape':
      return slicedShape(node, inputs[0]?.dims);
    case 'Identity':
    case 'Unsqueeze':
    case 'Squeeze':
    case 'Reshape':
      return a;
    case 'Cast':
      return isFloat(attributeOf(node, 'to').int(1)) ? undefined : a;
    case 'Concat':
      return inputs.every((input) => input?.values) ? capped(inputs.flatMap((input) => input!.values!)) : undefined;
    case 'Gather':
      return a && b && inputs[0]?.dims?.length === 1 ? pick(a, b) : undefined;
    case 'Slice':
      return a && inputs[0]?.dims?.length === 1 ? slicedValues(node, inputs) : undefined;
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return a && b && combine(node.opType, a, b);
    default:
      return undefined;
  }
}

/** Facts of an initializer or Constant. */
export function tensorFacts(tensor: TensorProto): Facts {
  const dims = dimsOf(tensor);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const float = isFloat(tensor.dataType);
  if (dims.length > 1 || count > MOST_VALUES || tensor.dataType !== TensorProto_DataType.INT64) return { dims, float };
  const bytes = rawBytes(tensor).slice();
  return { dims, float, values: Array.from(new BigInt64Array(bytes.buffer, 0, count), Number) };
}

const capped = (values: Dim[]): Dim[] | undefined => (values.length <= MOST_VALUES ? values : undefined);

function slicedShape(node: NodeProto, dims: readonly Dim[] | undefined): Dim[] | undefined {
  if (!dims) return undefined;
  const [start, end] = [attributeOf(node, 'start').int(0), attributeOf(node, 'end').int(dims.length)];
  return dims.slice(start, end);
}

function pick(values: readonly Dim[], places: readonly Dim[]): Dim[] | undefined {
  const picked = places.map((at) => (typeof at === 'number' ? values[axisOf(at, values.length)] : undefined));
  return picked.every((value) => value !== undefined) ? picked : undefined;
}

function slicedValues(node: NodeProto, [x, starts, ends, , steps]: readonly (Facts | undefined)[]): Dim[] | undefined {
  const start = attributeOf(node, 'starts').ints()?.[0] ?? starts?.values?.[0];
  const end = attributeOf(node, 'ends').ints()?.[0] ?? ends?.values?.[0];
  const step = node.input[4] ? steps?.values?.[0] : 1;
  return typeof start === 'number' && typeof end === 'number' && step === 1 ? x!.values!.slice(start, end) : undefined;
}

function combine(kind: string, a: readonly Dim[], b: readonly Dim[]): Dim[] | undefined {
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    dimArithmetic(kind, a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!),
  );
}
