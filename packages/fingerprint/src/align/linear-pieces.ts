import { constantTensors, followersOf, pieceBetween } from '@oml/onnx/inspect/pieces';
import { floatTensors } from '@oml/onnx/inspect/float-tensors';
import { toFloat16 } from '@oml/onnx/file/half';
import type { OnnxModel } from '@oml/onnx/model-file';
import type { InnerTensor } from './observe.ts';
import { outputOf, type Engine, type Tensor } from '@oml/onnx/runner';

/** Two tensors of a graph, the second of which follows from the first and constants alone. */
export interface Piece {
  start: string;
  end: string;
}

/** Tensors behind a start that are tried as the end: integer products come before their scales. */
const ENDS = 4;

/**
 * Places where rows of one size may be multiplied into rows of another: for each tensor of `inSize` the first few of
 * `outSize` that follow from it alone, unless a later tensor of `inSize` stands between.
 */
export function piecesOf(
  { graph }: OnnxModel,
  inner: ReadonlyMap<string, InnerTensor>,
  inSize: number,
  outSize: number,
): { start: string; ends: string[] }[] {
  const constant = constantTensors(graph);
  const nearest = new Map<string, { start: string; ends: string[] }>();
  for (const [start, { size }] of inner) {
    if (size !== inSize) continue;
    const ends = [...followersOf(graph, constant, start)].filter((name) => inner.get(name)?.size === outSize);
    // Starts come in graph order: a later one is nearer to the same end.
    if (ends.length > 0) nearest.set(ends[0]!, { start, ends: ends.slice(0, ENDS) });
  }
  return [...nearest.values()];
}

/** What a piece does to a row x: x · matrix + bias. */
export interface PieceWeights {
  /** [inSize, outSize] */
  matrix: Float32Array;
  bias: Float32Array;
}

/**
 * The matrix that a piece multiplies by, found by feeding it unit rows of a height that it is used
 * to: so any number format is undone by the engine that computes in it. Only
 * linear where it keeps its word on other rows too.
 */
export async function weightsOfPiece(
  model: OnnxModel,
  engine: Engine,
  { start, end }: Piece,
  { size: inSize, rank }: InnerTensor,
  outSize: number,
  height: number,
): Promise<PieceWeights> {
  const dtype = floatTensors(model.graph).get(start)!;
  const runner = await engine.open(pieceBetween(model, start, dtype, end));
  const fed = async (rows: Float32Array): Promise<Float32Array> => {
    const dims = [...Array<number>(rank - 2).fill(1), rows.length / inSize, inSize];
    const feed: Tensor =
      dtype === 'float16' ? { dtype, dims, data: toFloat16(rows) } : { dtype: 'float32', dims, data: rows };
    return outputOf(await runner.run({ [start]: feed }, [end]), end).data;
  };
  try {
    const units = new Float32Array(inSize * inSize);
    for (let i = 0; i < inSize; i++) units[i * (inSize + 1)] = height;
    const bias = await fed(new Float32Array(inSize));
    const rows = await fed(units);
    return { matrix: rows.map((value, i) => (value - bias[i % outSize]!) / height), bias };
  } finally {
    await runner.dispose();
  }
}
