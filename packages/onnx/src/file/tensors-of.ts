import { OmlError } from '@oml/protocol/error';
import {
  TensorProto_DataLocation,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
} from 'onnx-buf';

/** Graphs in graphs that are followed. */
export const MAX_NESTING = 16;

/** Do a tensor's values lie in another file than the model's? */
export const isOutside = ({ dataLocation, externalData }: TensorProto): boolean =>
  dataLocation === TensorProto_DataLocation.EXTERNAL || externalData.length > 0;

/** Every tensor of a model: initializers, then those of constants, attributes, bodies and functions. */
export function* tensorsOf({ proto, graph }: { proto: ModelProto; graph: GraphProto }): Generator<TensorProto> {
  yield* tensorsOfGraph(graph, 0);
  for (const { node, attributeProto } of proto.functions) {
    yield* tensorsOfNodes(node, 0);
    yield* tensorsOfAttributes(attributeProto, 0);
  }
}

function* tensorsOfGraph(graph: GraphProto, depth: number): Generator<TensorProto> {
  if (depth > MAX_NESTING) throw new OmlError('MODEL_TOO_LARGE', 'The graph holds graphs in graphs beyond reason.');
  yield* graph.initializer;
  for (const sparse of graph.sparseInitializer) yield* tensorsOfSparse(sparse);
  yield* tensorsOfNodes(graph.node, depth);
}

function* tensorsOfNodes(nodes: readonly NodeProto[], depth: number): Generator<TensorProto> {
  for (const node of nodes) yield* tensorsOfAttributes(node.attribute, depth);
}

function* tensorsOfAttributes(attributes: readonly AttributeProto[], depth: number): Generator<TensorProto> {
  for (const { t, tensors, g, graphs, sparseTensor, sparseTensors } of attributes) {
    if (t) yield t;
    yield* tensors;
    for (const graph of g ? [g, ...graphs] : graphs) yield* tensorsOfGraph(graph, depth + 1);
    for (const sparse of sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors)
      yield* tensorsOfSparse(sparse);
  }
}

function* tensorsOfSparse({ values, indices }: SparseTensorProto): Generator<TensorProto> {
  if (values) yield values;
  if (indices) yield indices;
}
