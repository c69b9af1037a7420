import { TensorProto_DataType as Type, type GraphProto, type NodeProto } from 'onnx-buf';
import { intAttribute } from './graph.ts';

const { FLOAT, FLOAT16, INT64, INT32, UINT8, BOOL } = Type;

/** Operators whose result's type does not follow from their first input. */
const FIXED: Record<string, readonly number[]> = {
  Shape: [INT64],
  Size: [INT64],
  NonZero: [INT64],
  ArgMax: [INT64],
  ArgMin: [INT64],
  Equal: [BOOL],
  Less: [BOOL],
  LessOrEqual: [BOOL],
  Greater: [BOOL],
  GreaterOrEqual: [BOOL],
  And: [BOOL],
  Or: [BOOL],
  Not: [BOOL],
  IsNaN: [BOOL],
  IsInf: [BOOL],
  MatMulInteger: [INT32],
  ConvInteger: [INT32],
  DynamicQuantizeLinear: [UINT8, FLOAT, UINT8],
};
/** Where the type is that of another input than the first. */
const LIKE: Record<string, number> = {
  Where: 1,
  CastLike: 1,
  OneHot: 2,
  DequantizeLinear: 1,
  QuantizeLinear: 2,
  QLinearMatMul: 7,
  QLinearConv: 7,
  GatherBlockQuantized: 2,
  EmbedLayerNormalization: 2,
};

/**
 * Inner tensors that hold float32 or float16, in graph order, by what their operators give: names mean nothing. What
 * an operator of unknown type gives is left out.
 */
export function floatTensors(graph: GraphProto): Map<string, 'float32' | 'float16'> {
  const types = new Map<string, number>();
  for (const { name, type } of graph.input)
    if (type?.value.case === 'tensorType') types.set(name, type.value.value.elemType);
  for (const { name, dataType } of graph.initializer) types.set(name, dataType);
  const found = new Map<string, 'float32' | 'float16'>();
  for (const node of graph.node)
    node.output.forEach((name, place) => {
      const type = name === '' ? undefined : typeOf(types, node, place);
      if (type === undefined) return;
      types.set(name, type);
      if (type === FLOAT || type === FLOAT16) found.set(name, type === FLOAT ? 'float32' : 'float16');
    });
  return found;
}

function typeOf(types: ReadonlyMap<string, number>, node: NodeProto, place: number): number | undefined {
  const { opType, input } = node;
  if (opType === 'Cast') return intAttribute(node, 'to', 0);
  if (opType === 'Constant' || opType === 'ConstantOfShape') return constantType(node);
  if (opType === 'TopK' && place === 1) return INT64;
  if (opType === 'QuantizeLinear' && !input[2]) return UINT8;
  const fixed = FIXED[opType];
  return fixed ? fixed[place] : types.get(input[LIKE[opType] ?? 0] ?? '');
}

function constantType({ attribute, opType }: NodeProto): number | undefined {
  const tensor = attribute.find(({ t }) => t)?.t;
  if (tensor) return tensor.dataType;
  const [name] = attribute.map((one) => one.name);
  if (name === undefined) return opType === 'ConstantOfShape' ? FLOAT : undefined;
  return name.startsWith('value_float') ? FLOAT : INT64;
}
