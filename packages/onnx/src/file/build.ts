import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';

/** bigint = integer attribute, number = float attribute: the type never hangs on a value's being whole. */
export type AttributeValue = bigint | number | string | readonly bigint[];

/** A node; its name is its first output's. `domain` is '' for ONNX's own operators. */
export function buildNode(
  opType: string,
  input: readonly string[],
  output: string | readonly string[],
  attributes: Record<string, AttributeValue> = {},
  domain = '',
): NodeProto {
  const outputs = typeof output === 'string' ? [output] : [...output];
  const attribute = Object.entries(attributes).map(([name, value]) => buildAttribute(name, value));
  return create(NodeProtoSchema, {
    opType,
    domain,
    name: outputs[0] ?? '',
    input: [...input],
    output: outputs,
    attribute,
  });
}

function buildAttribute(name: string, value: AttributeValue): AttributeProto {
  const { INT, FLOAT, STRING, INTS } = AttributeProto_AttributeType;
  if (typeof value === 'bigint') return create(AttributeProtoSchema, { name, type: INT, i: value });
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: FLOAT, f: value });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  return create(AttributeProtoSchema, { name, type: INTS, ints: [...value] });
}

/** An initializer whose little-endian bytes are those of `data` (not copied). */
export function buildTensor(
  name: string,
  dataType: TensorProto_DataType,
  dims: readonly number[],
  data: ArrayBufferView<ArrayBuffer>,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType,
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/** A graph input or output; without dims its rank is left open. A string is a free dim. */
export function buildValue(
  name: string,
  elemType: TensorProto_DataType,
  dims?: readonly (number | string)[],
): ValueInfoProto {
  const dim = dims?.map((d) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof d === 'number' ? { case: 'dimValue', value: BigInt(d) } : { case: 'dimParam', value: d },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType, ...(dim ? { shape: { dim } } : {}) } } },
  });
}

export interface GraphParts {
  node: NodeProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  initializer?: TensorProto[];
}

/** A whole ONNX file of IR version 8; `domains` are operator sets beside ONNX's own, at version 1. */
export function buildModel(
  name: string,
  graph: GraphParts,
  { opset = 17, domains = [] as readonly string[] } = {},
): Uint8Array<ArrayBuffer> {
  const opsetImport = [{ domain: '', version: BigInt(opset) }, ...domains.map((domain) => ({ domain, version: 1n }))];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph: create(GraphProtoSchema, { name, ...graph }) }),
  );
}
