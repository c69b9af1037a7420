import { OmlError } from '@oml/protocol/error';
import { type GraphProto, type ModelProto, type TensorProto } from 'onnx-buf';
import { printable } from './location.ts';
import { checkTensor } from './tensor.ts';
import { isOutside, tensorsOf } from './tensors-of.ts';

/** What a file may ask of whoever reads it: every file is hostile until it was held against these. */
export interface ModelLimits {
  /** Size of the file in bytes; protobuf itself ends at 2 GiB. */
  maxBytes: number;
  maxNodes: number;
  maxInitializers: number;
  /** Elements of one initializer. */
  maxElements: number;
  /** Bytes of a graph without its weights, where those stay in their files. */
  maxGraphBytes: number;
}

export const MODEL_LIMITS: ModelLimits = {
  maxBytes: 2 ** 31 - 1,
  maxNodes: 100_000,
  maxInitializers: 100_000,
  maxElements: 2 ** 31,
  maxGraphBytes: 2 ** 26,
};

/**
 * The graph of a decoded file, in which every name is defined once and before it is used. Throws MODEL_NOT_ONNX,
 * MODEL_TOO_LARGE, MODEL_INVALID.
 */
export function checkGraph(proto: ModelProto, limits: ModelLimits): GraphProto {
  const { graph } = proto;
  if (!graph || graph.node.length === 0 || graph.output.length === 0 || proto.opsetImport.length === 0)
    throw new OmlError(
      'MODEL_NOT_ONNX',
      'The file is no ONNX model: it has no graph with nodes, outputs and an operator set.',
    );
  if (graph.node.length > limits.maxNodes)
    throw new OmlError(
      'MODEL_TOO_LARGE',
      `The graph has ${graph.node.length} nodes; at most ${limits.maxNodes} are read.`,
    );
  if (graph.initializer.length > limits.maxInitializers)
    throw new OmlError(
      'MODEL_TOO_LARGE',
      `The graph has ${graph.initializer.length} initializers; at most ${limits.maxInitializers} are read.`,
    );
  checkNames(graph);
  return graph;
}

/**
 * Two tensors of one name would let an editor change one while the engine reads the other; a cycle would never end.
 * ONNX forbids both.
 */
function checkNames(graph: GraphProto): void {
  const defined = new Set<string>();
  const define = (name: string) => {
    if (name !== '' && defined.has(name))
      throw new OmlError('MODEL_INVALID', `The graph defines the tensor "${name.slice(0, 80)}" twice.`);
    defined.add(name);
  };
  for (const tensor of graph.initializer) define(tensor.name);
  for (const tensor of graph.sparseInitializer) define(tensor.values?.name ?? '');
  // Before IR version 4 every initializer is listed as an input too.
  for (const input of graph.input) defined.add(input.name);
  for (const node of graph.node) {
    const unknown = node.input.find((name) => name !== '' && !defined.has(name));
    if (unknown !== undefined)
      throw new OmlError(
        'MODEL_INVALID',
        `The node "${node.name.slice(0, 80)}" reads "${unknown.slice(0, 80)}", which nothing before it makes.`,
      );
    node.output.forEach(define);
  }
  const missing = graph.output.find((output) => !defined.has(output.name));
  if (missing) throw new OmlError('MODEL_INVALID', `Nothing makes the output "${missing.name.slice(0, 80)}".`);
}

/**
 * The weights of an initializer stand in the file, as many as its dims say. Throws MODEL_UNSUPPORTED or MODEL_INVALID.
 */
export function checkInitializer(tensor: TensorProto, limits: ModelLimits): void {
  checkInside(tensor);
  checkTensor(tensor, limits.maxElements);
}

/**
 * No constant, body or function names another file, which an engine would look for in whichever folder it happens to
 * run. Throws MODEL_UNSUPPORTED.
 */
export function checkAllInside(model: { proto: ModelProto; graph: GraphProto }): void {
  for (const tensor of tensorsOf(model)) checkInside(tensor);
}

function checkInside(tensor: TensorProto): void {
  if (!isOutside(tensor)) return;
  const location = tensor.externalData.find(({ key }) => key === 'location')?.value ?? '';
  throw new OmlError(
    'MODEL_UNSUPPORTED',
    `The weights of "${tensor.name.slice(0, 80)}" lie in another file, "${printable(location)}": open the model ` +
      'with its files beside it.',
    { details: { location: printable(location) } },
  );
}
