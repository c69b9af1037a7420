import { create } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType, type TensorProto } from 'onnx-buf';
import { buildValue } from '../file/build.ts';
import { assembleFile } from '../file/inline.ts';
import { rawBytes } from '../file/tensor.ts';
import type { StoredModel } from '../file/stored-model.ts';
import { exposedGraph } from '../inspect/graph.ts';
import { planBlocks, type Block } from './block-plan.ts';
import { toFloats, type Engine, type FloatTensor, type Runner, type Tensor } from './runner.ts';

export interface BlockOptions {
  /**
   * Bytes of weights that are loaded at a time, as stored. Default 128 MiB; the engine needs a small multiple of it.
   */
  maxBlockBytes?: number;
  signal?: AbortSignal | undefined;
  /** Share of the blocks of the present run that is done, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

type Feeds = Record<string, Tensor>;

/** A model that runs a few layers at a time. Any tensor of the graph can be asked for. */
export interface BlockRunner extends Runner {
  /** Runs many batches while each block is loaded once; `take` gets the wanted tensors of one batch after another. */
  runBatches(
    batches: readonly Feeds[],
    outputs: readonly string[],
    take: (batch: number, outputs: Record<string, FloatTensor>) => void | Promise<void>,
  ): Promise<void>;
}

const DEFAULT_BLOCK_BYTES = 2 ** 27;

/**
 * Opens a model of any size to be run block by block: only one block's weights are in memory, read by offset, and
 * dropped before the next. The results are
 * those of the whole graph, up to the engine's fusions across a cut. Every run reads all weights anew that its outputs
 * need.
 */
export function openBlocks(model: StoredModel, engine: Engine, options: BlockOptions = {}): BlockRunner {
  const runTensors = async (
    feeds: Feeds,
    outputs: readonly string[] = outputNames,
  ): Promise<Record<string, Tensor>> => {
    let found: Record<string, Tensor> = {};
    await passThrough(model, engine, options, [feeds], outputs, (_, tensors) => void (found = tensors));
    return found;
  };
  const outputNames = model.graph.output.map(({ name }) => name);
  return {
    inputNames: model.graph.input.map(({ name }) => name),
    outputNames,
    runTensors,
    run: async (feeds, outputs) => toFloats(await runTensors(feeds, outputs)),
    runBatches: (batches, outputs, take) =>
      passThrough(model, engine, options, batches, outputs, (i, tensors) => take(i, toFloats(tensors))),
    dispose: async () => {},
  };
}

type Take = (batch: number, outputs: Record<string, Tensor>) => void | Promise<void>;

async function passThrough(
  model: StoredModel,
  engine: Engine,
  options: BlockOptions,
  batches: readonly Feeds[],
  outputs: readonly string[],
  take: Take,
): Promise<void> {
  const graph = exposedGraph(model.graph, outputs);
  const blocks = planBlocks(graph, outputs, {
    bytesOf: (tensor) => bytesOf(model, tensor),
    maxBytes: options.maxBlockBytes ?? DEFAULT_BLOCK_BYTES,
  });
  const alive = batches.map((feeds) => new Map(Object.entries(feeds)));
  for (const [i, block] of blocks.entries()) {
    if (options.signal?.aborted) throw new OmlError('ABORTED', 'The run was cancelled.');
    const later = new Set([...outputs, ...blocks.slice(i + 1).flatMap(({ inputs }) => inputs)]);
    await runBlock(model, engine, block, alive, later);
    options.onProgress?.((i + 1) / blocks.length);
  }
  for (const [i, tensors] of alive.entries()) {
    await take(i, Object.fromEntries(outputs.map((name) => [name, present(tensors, name)])));
    tensors.clear();
  }
}

async function runBlock(
  model: StoredModel,
  engine: Engine,
  block: Block,
  alive: readonly Map<string, Tensor>[],
  later: ReadonlySet<string>,
): Promise<void> {
  let runner: Runner | undefined;
  try {
    for (const tensors of alive) {
      const feeds = Object.fromEntries(block.inputs.map((name) => [name, present(tensors, name)]));
      runner ??= await engine.open(await blockFile(model, block, feeds));
      const made = await runner.runTensors(feeds, block.outputs);
      for (const [name, tensor] of Object.entries(made)) tensors.set(name, tensor);
      for (const name of tensors.keys()) if (!later.has(name)) tensors.delete(name);
    }
  } finally {
    await runner?.dispose();
  }
}

/** Types of the inputs are those of the tensors at hand; their sizes stay free. */
function blockFile(model: StoredModel, block: Block, feeds: Feeds): Promise<Uint8Array> {
  const input = Object.entries(feeds).map(([name, { dtype, dims }], i) =>
    buildValue(
      name,
      TYPES[dtype],
      dims.map((_, axis) => `d${i}_${axis}`),
    ),
  );
  const { irVersion, opsetImport, functions } = model.proto;
  const graph = exposedGraph(
    create(GraphProtoSchema, { name: 'block', node: block.node, initializer: block.initializer, input }),
    block.outputs,
  );
  return assembleFile(model, create(ModelProtoSchema, { irVersion, opsetImport, functions }), graph);
}

const TYPES = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
};

const bytesOf = (model: StoredModel, tensor: TensorProto): number =>
  model.stored.get(tensor.name)?.length ?? rawBytes(tensor).length;

function present(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor)
    throw new OmlError('REQUEST_INVALID', `The model needs its input "${name}", or has no tensor of that name.`);
  return tensor;
}
