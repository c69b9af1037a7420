import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { buildNode, buildTensor } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import type { Linear } from '../inspect/linear-node.ts';
import { rebuildModel } from './rebuild.ts';
import { linearProducts, mapTensors, productMatrix, replaceableProducts } from './weights.ts';

/** Weights along the input that share one scale. */
const BLOCK = 32;
/** Activations stay float32: whether an engine rounds them to int8 where nothing is said depends on engine and CPU. */
const FLOAT32 = 1n;

/**
 * Rounds the weights of every product to symmetric 4 bits in blocks of 32 along the input, kept as float. A tied
 * embedding is rounded with its head.
 */
export function roundInt4(model: OnnxModel): OnnxModel {
  const linears = new Map(linearProducts(model).map((linear) => [linear.weight.name, linear]));
  return mapTensors(model, new Set(linears.keys()), (_, tensor) => dequantized(linears.get(tensor.name)!));
}

/**
 * The same rounding as a real 4-bit graph: `com.microsoft.MatMulNBits`, weights packed two to a byte. Outputs are those
 * of {@link roundInt4} but for float summation.
 */
export function quantizeInt4(model: OnnxModel): OnnxModel {
  const rounded = roundInt4(model);
  const linears = new Map(replaceableProducts(rounded).map((linear) => [linear.node, linear]));
  const added: TensorProto[] = [];
  const node = rounded.graph.node.flatMap((original): NodeProto[] => {
    const linear = linears.get(original);
    if (!linear) return [original];
    added.push(...packedWeights(linear));
    return packedProduct(linear);
  });
  return rebuildModel(rounded, { node, initializer: [...rounded.graph.initializer, ...added] }, ['com.microsoft']);
}

function packedProduct({ node, input, inSize, outSize }: Linear): NodeProto[] {
  const name = node.output[0]!;
  const bias = node.opType === 'Gemm' && node.input[2] ? node.input[2] : undefined;
  const product = bias === undefined ? name : `${name}/unbiased`;
  const attributes = {
    K: BigInt(inSize),
    N: BigInt(outSize),
    bits: 4n,
    block_size: BigInt(BLOCK),
    accuracy_level: FLOAT32,
  };
  const packed = buildNode(
    'MatMulNBits',
    [input, `${name}/weight_int4`, `${name}/weight_scale`],
    product,
    attributes,
    'com.microsoft',
  );
  return bias === undefined ? [packed] : [packed, buildNode('Add', [product, bias], name)];
}

/** Codes [out, blocks, 16] with 8 as zero and the earlier weight in the lower half of a byte; scales [out, blocks]. */
function packedWeights(linear: Linear): TensorProto[] {
  const { inSize, outSize, node } = linear;
  const values = productMatrix(linear);
  const blocks = Math.ceil(inSize / BLOCK);
  const bytes = new Uint8Array(outSize * blocks * (BLOCK / 2)).fill(0x88);
  const scales = new Float32Array(outSize * blocks);
  eachBlock(linear, (column, block, from, to) => {
    const scale = blockScale(values, outSize, column, from, to);
    scales[column * blocks + block] = scale;
    for (let i = from; i < to; i++) {
      const at = (column * blocks + block) * (BLOCK / 2) + ((i - from) >> 1);
      const shift = (i - from) & 1 ? 4 : 0;
      bytes[at] = (bytes[at]! & ~(15 << shift)) | ((code(values[i * outSize + column]!, scale) + 8) << shift);
    }
  });
  const name = node.output[0]!;
  return [
    buildTensor(`${name}/weight_int4`, TensorProto_DataType.UINT8, [outSize, blocks, BLOCK / 2], bytes),
    buildTensor(`${name}/weight_scale`, TensorProto_DataType.FLOAT, [outSize, blocks], scales),
  ];
}

function dequantized(linear: Linear): Float32Array {
  const { inSize, outSize, transposed } = linear;
  const values = productMatrix(linear);
  const rounded = new Float32Array(values.length);
  eachBlock(linear, (column, _, from, to) => {
    const scale = blockScale(values, outSize, column, from, to);
    for (let i = from; i < to; i++)
      rounded[transposed ? column * inSize + i : i * outSize + column] =
        code(values[i * outSize + column]!, scale) * scale;
  });
  return rounded;
}

function eachBlock(
  { inSize, outSize }: Linear,
  visit: (column: number, block: number, from: number, to: number) => void,
): void {
  for (let column = 0; column < outSize; column++)
    for (let from = 0; from < inSize; from += BLOCK) visit(column, from / BLOCK, from, Math.min(inSize, from + BLOCK));
}

/**
 * The value of largest magnitude becomes −8, so that all sixteen codes serve, as onnxruntime's symmetric quantiser does
 * it.
 */
function blockScale(values: Float32Array, stride: number, column: number, from: number, to: number): number {
  let extreme = 0;
  for (let i = from; i < to; i++)
    if (Math.abs(values[i * stride + column]!) > Math.abs(extreme)) extreme = values[i * stride + column]!;
  return Math.fround(extreme / -8) || 1;
}

const code = (value: number, scale: number): number => Math.max(-8, Math.min(7, Math.round(value / scale)));
