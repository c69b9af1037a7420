import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema, type GraphProto } from 'onnx-buf';
import { OmlError } from '@oml/protocol/error';
import { readModel, type OnnxModel } from '../file/model-file.ts';
import { namesRead } from '../inspect/graph.ts';

/**
 * A new model that differs in parts of its graph; the old one is untouched. Where nodes change, what no output needs
 * any more is left out.
 */
export function rebuildModel(
  model: OnnxModel,
  changes: Partial<Pick<GraphProto, 'node' | 'initializer'>>,
  domains: readonly string[] = [],
): OnnxModel {
  const changed = create(GraphProtoSchema, { ...model.graph, ...changes });
  const graph = changes.node ? withoutUnused(changed) : changed;
  const known = new Set(model.proto.opsetImport.map((opset) => opset.domain));
  const added = domains
    .filter((domain) => !known.has(domain))
    .map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n }));
  const proto = create(ModelProtoSchema, {
    ...model.proto,
    graph,
    opsetImport: [...model.proto.opsetImport, ...added],
  });
  return readModel(toBinary(ModelProtoSchema, proto));
}

/** Throws MODEL_UNSUPPORTED where the model's operator set is older than a rewrite needs. */
export function needOpset(model: OnnxModel, least: number, why: string): void {
  const opset = Number(model.proto.opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx')?.version ?? 0n);
  if (opset < least)
    throw new OmlError('MODEL_UNSUPPORTED', `${why} needs ONNX operator set ${least}; this model has ${opset}.`, {
      details: { opset, least },
    });
}

/** The graph without nodes and weights that no output needs. */
export function withoutUnused(graph: GraphProto): GraphProto {
  const needed = new Set(graph.output.map((output) => output.name));
  const node = graph.node.toReversed().filter((candidate) => {
    const wanted = candidate.output.some((name) => needed.has(name));
    if (wanted) for (const name of namesRead(candidate)) needed.add(name);
    return wanted;
  });
  return create(GraphProtoSchema, {
    ...graph,
    node: node.reverse(),
    initializer: graph.initializer.filter((tensor) => needed.has(tensor.name)),
  });
}
