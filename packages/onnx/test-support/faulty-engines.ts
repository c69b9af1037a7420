/** Engines that are wrong in one place, as broken kernels are. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProto_DataType, type GraphProto } from 'onnx-buf';
import { readModel, writeModel, type OnnxModel } from '../src/file/model-file.ts';
import { rawBytes } from '../src/file/tensor.ts';
import type { Engine, Runner, Tensor } from '../src/run/runner.ts';
import { pairInInt16 } from './integer-products.ts';

/** An engine whose results of graphs with such an operator are changed. */
export function faulty(engine: Engine, operator: RegExp, change: (data: Float32Array) => void): Engine {
  return changed(engine, (graph, outputs) => {
    if (graph.node.some(({ opType }) => operator.test(opType)))
      for (const { data } of Object.values(outputs)) change(data as Float32Array);
  });
}

/** An engine that adds two products of MatMulInteger in 16 bits where its weights are int8. */
export function saturating(engine: Engine): Engine {
  return changed(engine, (graph, outputs, feeds) => {
    const node = graph.node.find(({ opType }) => opType === 'MatMulInteger');
    const of = (name: string) => graph.initializer.find((tensor) => tensor.name === name)!;
    const weights = node && of(node.input[1]!);
    if (weights?.dataType !== TensorProto_DataType.INT8) return;
    const [inner, columns] = weights.dims.map(Number) as [number, number];
    const w = new Int8Array(rawBytes(weights));
    const zero = rawBytes(of(node!.input[2]!))[0]!;
    const codes = Object.values(feeds)[0]!.data as Int32Array;
    const sums = Object.values(outputs)[0]!.data as Int32Array;
    for (let at = 0; at < sums.length; at++) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      sums[at] = 0;
      for (let i = 0; i < inner; i += 2) {
        const pair = [i, i + 1].map((k) => (k < inner ? codes[row * inner + k]! : 0)) as [number, number];
        const by = [i, i + 1].map((k) => (k < inner ? w[k * columns + column]! : 0)) as [number, number];
        sums[at]! += pairInInt16(pair, by) - zero * (by[0] + by[1]);
      }
    }
  });
}

type Change = (graph: GraphProto, outputs: Record<string, Tensor>, feeds: Record<string, Tensor>) => void;

function changed(engine: Engine, change: Change): Engine {
  return {
    async open(model): Promise<Runner> {
      const runner = await engine.open(model);
      const { graph } = fromBinary(ModelProtoSchema, model);
      const runTensors: Runner['runTensors'] = async (feeds, names) => {
        const outputs = await runner.runTensors(feeds, names);
        change(graph!, outputs, feeds);
        return outputs;
      };
      return { ...runner, runTensors, run: (feeds, names) => runTensors(feeds, names) as ReturnType<Runner['run']> };
    },
  };
}

/** The same model with the uint8 weights of its integer products as int8, as other quantisers write them. */
export function withInt8Weights(model: OnnxModel): OnnxModel {
  const copy = readModel(writeModel(model));
  const places = copy.graph.node
    .filter(({ opType }) => opType === 'MatMulInteger')
    .flatMap(({ input }) => [input[1], input[3]]);
  for (const tensor of copy.graph.initializer.filter(({ name }) => places.includes(name)))
    Object.assign(tensor, {
      dataType: TensorProto_DataType.INT8,
      rawData: Uint8Array.from(rawBytes(tensor), (byte) => (byte - 128) & 255),
    });
  return readModel(writeModel(copy));
}
