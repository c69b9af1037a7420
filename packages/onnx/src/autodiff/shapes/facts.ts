import { TensorProto_DataType, type NodeProto } from 'onnx-buf';

/**
 * One dimension: a number, or the name of an unknown. Equal names are equal sizes; different names may be equal too.
 */
export type Dim = number | string;

/** What is known of a tensor before it is computed. */
export interface Facts {
  /** Undefined where not even the rank is known. */
  dims?: Dim[];
  /**
   * Elements of a small integer tensor (a scalar or a vector), as far as known: shapes are computed with such tensors.
   */
  values?: Dim[];
  /** Can a gradient pass? Integers and booleans carry none. */
  float: boolean;
}

/** What one kind of node says of its outputs; undefined where nothing is known. */
export type Inference = (node: NodeProto, inputs: (Facts | undefined)[]) => (Facts | undefined)[];

export const facts = (dims: Dim[] | undefined, float: boolean): Facts => ({ ...(dims ? { dims } : {}), float });

export const isFloat = (type: number): boolean =>
  [
    TensorProto_DataType.FLOAT,
    TensorProto_DataType.FLOAT16,
    TensorProto_DataType.BFLOAT16,
    TensorProto_DataType.DOUBLE,
  ].includes(type as TensorProto_DataType);

let unknowns = 0;

/** A dimension of which nothing is known but its name. */
export const unknownDim = (): Dim => `?${++unknowns}`;

/** Product of dims where all are numbers. */
export function sizeOf(dims: readonly Dim[] | undefined): number | undefined {
  let size = 1;
  for (const dim of dims ?? ['?']) {
    if (typeof dim !== 'number') return undefined;
    size *= dim;
  }
  return size;
}

/** A non-negative axis. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Dims after numpy broadcasting; undefined where a rank is unknown. */
export function broadcast(...shapes: (readonly Dim[] | undefined)[]): Dim[] | undefined {
  if (shapes.some((dims) => !dims)) return undefined;
  const rank = Math.max(0, ...shapes.map((dims) => dims!.length));
  return Array.from({ length: rank }, (_, at) => {
    const met = shapes.map((dims) => dims![dims!.length - rank + at] ?? 1).filter((dim) => dim !== 1);
    return (
      met.find((dim) => typeof dim === 'number') ?? (met.every((dim) => dim === met[0]) ? (met[0] ?? 1) : unknownDim())
    );
  });
}

/** Whole-number arithmetic on dims; unknown unless both are numbers or the result is plain. */
export function dimArithmetic(kind: string, a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') {
    if (kind === 'Add') return a + b;
    if (kind === 'Sub') return a - b;
    if (kind === 'Mul') return a * b;
    return b === 0 ? unknownDim() : Math.trunc(a / b);
  }
  if (b === 0 && (kind === 'Add' || kind === 'Sub')) return a;
  if (a === 0 && kind === 'Add') return b;
  if (b === 1 && (kind === 'Mul' || kind === 'Div')) return a;
  if (a === 1 && kind === 'Mul') return b;
  return unknownDim();
}
