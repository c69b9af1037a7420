import { matmulModel } from '@oml/onnx/graph';
import { outputOf, type Engine, type Runner } from '@oml/onnx/runner';

/** Matrix products lent by the inference engine, an order of magnitude faster than plain code. float32. */
export interface Products {
  /** a [n, k] · b [k, m]. */
  multiply(a: Float32Array, b: Float32Array, n: number, k: number, m: number): Promise<Float32Array>;
  /** aᵀ a of a [n, k]: [k, k]. */
  gram(a: Float32Array, n: number, k: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export async function openProducts(engine: Engine): Promise<Products> {
  const [plain, turned] = [await engine.open(matmulModel(false)), await engine.open(matmulModel(true))];
  return {
    multiply: (a, b, n, k, m) => product(plain, a, [n, k], b, [k, m]),
    gram: (a, n, k) => product(turned, a, [n, k], a, [n, k]),
    dispose: async () => void (await Promise.all([plain.dispose(), turned.dispose()])),
  };
}

async function product(
  runner: Runner,
  a: Float32Array,
  aDims: number[],
  b: Float32Array,
  bDims: number[],
): Promise<Float32Array> {
  const outputs = await runner.run({
    a: { dtype: 'float32', dims: aDims, data: a },
    b: { dtype: 'float32', dims: bDims, data: b },
  });
  return outputOf(outputs, 'c').data;
}
