import { create } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataType, TensorProtoSchema, type GraphProto, type ModelProto, type NodeProto } from 'onnx-buf';
import { attribute, attributeOf } from './attribute.ts';

/** The set in which gradients are written; newer ones are left as they are. */
const TARGET = 17;
const OLDEST = 7;
const SOFTMAX = ['Softmax', 'LogSoftmax'];

/**
 * Raises the standard operator set of a model to 17 where it is older, keeping what each node means. Returns the
 * softmax nodes to check. Throws MODEL_UNSUPPORTED.
 */
export function liftOpset(proto: ModelProto): NodeProto[] {
  const set = proto.opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx');
  const version = Number(set?.version ?? 0n);
  if (!set || version < OLDEST)
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      `Gradients need operator set ${OLDEST} or later; the model has ${version}.`,
    );
  if (version >= TARGET) return [];
  for (const node of proto.graph!.node.slice()) liftNode(proto.graph!, node, version);
  set.version = BigInt(TARGET);
  if (proto.irVersion < 8n) proto.irVersion = 8n;
  return version < 13 ? proto.graph!.node.filter((node) => SOFTMAX.includes(node.opType)) : [];
}

function liftNode(graph: GraphProto, node: NodeProto, version: number): void {
  if (version < 10 && node.opType === 'Slice') toInputs(graph, node, ['starts', 'ends', 'axes']);
  if (version < 13 && ['Squeeze', 'Unsqueeze', 'ReduceSum'].includes(node.opType)) toInputs(graph, node, ['axes']);
  if (version < 13 && node.opType === 'Split') toInputs(graph, node, ['split']);
  if (version < 13 && SOFTMAX.includes(node.opType)) liftSoftmax(node);
  if (version < 12 && node.opType === 'Dropout') node.attribute = [];
  if (version < 11 && ['Clip', 'Pad', 'Resize', 'Upsample', 'Scan'].includes(node.opType))
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      `"${node.opType}" changed its meaning since operator set ${version}; export the model with set 11 or later.`,
    );
}

/** Since set 13 some attributes are inputs. */
function toInputs(graph: GraphProto, node: NodeProto, names: readonly string[]): void {
  names.forEach((name, i) => {
    const values = attributeOf(node, name).ints();
    if (!values) return;
    const tensor = `${node.output[0]}/${name}`;
    graph.initializer.push(
      create(TensorProtoSchema, {
        name: tensor,
        dims: [BigInt(values.length)],
        dataType: TensorProto_DataType.INT64,
        rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
      }),
    );
    while (node.input.length < 1 + i) node.input.push('');
    node.input[1 + i] = tensor;
  });
  node.attribute = node.attribute.filter((a) => !names.includes(a.name));
}

/**
 * Before set 13 a softmax flattened everything from `axis` (by default 1) on; that equals today's where `axis` is the
 * last one.
 */
function liftSoftmax(node: NodeProto): void {
  const axis = attributeOf(node, 'axis').int(1);
  node.attribute = [attribute('axis', axis)];
}

/**
 * Throws MODEL_UNSUPPORTED for a softmax that {@link liftOpset} could not keep: `rankOf` tells the rank of its input.
 */
export function checkLiftedSoftmax(nodes: readonly NodeProto[], rankOf: (tensor: string) => number): void {
  for (const node of nodes) {
    const axis = attributeOf(node, 'axis').int(-1);
    if (axis !== -1 && axis !== rankOf(node.input[0]!) - 1)
      throw new OmlError(
        'MODEL_UNSUPPORTED',
        `"${node.opType}" over axis ${axis} of an old operator set flattens several axes, which is not supported.`,
      );
  }
}
