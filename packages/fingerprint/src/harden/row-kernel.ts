import { GraphDraft } from '@oml/onnx/autodiff/draft';
import { outputOf, type Engine } from '@oml/onnx/runner';

/**
 * Products of rows of one matrix: inputs x [rows, in] and gradients g [rows, out], `depth` rows per constraint.
 * float32, by the engine.
 */
export interface RowKernel {
  /** K_ij = Σ over the rows of i and j of (x C⁻¹ xᵀ)(g A⁻¹ gᵀ), [rows / depth, rows / depth], with x C⁻¹ and g A⁻¹. */
  pairs(x: MetricRows, g: MetricRows): Promise<{ kernel: Float32Array; x: Float32Array; g: Float32Array }>;
  /** Σ over rows of weight · leftᵀ right, [left size, right size]. */
  sum(
    left: Float32Array,
    leftSize: number,
    right: Float32Array,
    rightSize: number,
    weights: Float32Array,
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface MetricRows {
  data: Float32Array;
  size: number;
  /** Inverse of the metric on this side, [size, size]. */
  inverse: Float32Array;
}

export async function openRowKernel(engine: Engine, depth: number): Promise<RowKernel> {
  const [pairs, sum] = [await engine.open(pairGraph(depth)), await engine.open(sumGraph())];
  const matrix = (data: Float32Array, columns: number) => ({
    dtype: 'float32' as const,
    dims: [data.length / columns, columns],
    data,
  });
  return {
    async pairs(x, g) {
      const outputs = await pairs.run({
        x: matrix(x.data, x.size),
        g: matrix(g.data, g.size),
        inverseX: matrix(x.inverse, x.size),
        inverseG: matrix(g.inverse, g.size),
      });
      return {
        kernel: outputOf(outputs, 'kernel').data,
        x: outputOf(outputs, 'solvedX').data,
        g: outputOf(outputs, 'solvedG').data,
      };
    },
    async sum(left, leftSize, right, rightSize, weights) {
      return outputOf(
        await sum.run({ left: matrix(left, leftSize), right: matrix(right, rightSize), weights: matrix(weights, 1) }),
        'sum',
      ).data;
    },
    dispose: async () => void (await Promise.all([pairs.dispose(), sum.dispose()])),
  };
}

function pairGraph(depth: number): Uint8Array {
  const draft = GraphDraft.empty();
  const side = (name: string) => {
    const [rows, inverse] = [
      draft.input(name, 'float32', ['rows', `size of ${name}`]),
      draft.input(`inverse${name.toUpperCase()}`, 'float32', [`size of ${name}`, `size of ${name}`]),
    ];
    const solved = draft.op('MatMul', [rows, inverse]);
    return { solved, gram: draft.op('Gemm', [solved, rows], { transB: 1 }) };
  };
  const [x, g] = [side('x'), side('g')];
  const all = draft.op('Mul', [x.gram, g.gram]);
  // [rows, rows] is [i, depth, j, depth].
  const count = draft.op('Div', [draft.op('Shape', [all], { start: 0, end: 1 }), draft.ints([depth])]);
  const shape = draft.op('Concat', [count, draft.ints([depth]), count, draft.ints([depth])], { axis: 0 });
  draft.output(
    draft.op('ReduceSum', [draft.op('Reshape', [all, shape]), draft.ints([1, 3])], { keepdims: 0 }),
    'kernel',
  );
  draft.output(x.solved, 'solvedX');
  draft.output(g.solved, 'solvedG');
  return draft.write();
}

function sumGraph(): Uint8Array {
  const draft = GraphDraft.empty();
  const [left, right, weights] = [
    draft.input('left', 'float32', ['rows', 'a']),
    draft.input('right', 'float32', ['rows', 'b']),
    draft.input('weights', 'float32', ['rows', 1]),
  ];
  draft.output(draft.op('Gemm', [draft.op('Mul', [left, weights]), right], { transA: 1 }), 'sum');
  return draft.write();
}
