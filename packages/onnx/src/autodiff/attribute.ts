import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  type AttributeProto,
  type NodeProto,
} from 'onnx-buf';

/** Reads one attribute of a node with the operator's default beside it. */
export function attributeOf(node: NodeProto, name: string) {
  const attribute = node.attribute.find((candidate) => candidate.name === name);
  return {
    int: (fallback: number): number => (attribute ? Number(attribute.i) : fallback),
    float: (fallback: number): number => attribute?.f ?? fallback,
    text: (fallback: string): string => (attribute ? new TextDecoder().decode(attribute.s) : fallback),
    ints: (): number[] | undefined => attribute?.ints.map(Number),
    raw: attribute,
  };
}

/** Whole numbers become `i`, lists of them `ints`, `{ float }` an `f`, text an `s`. */
export type AttributeValue = number | readonly number[] | string | { float: number };

export function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: Type.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: Type.INTS, ints: value.map(BigInt) });
}
