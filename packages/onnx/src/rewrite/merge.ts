import { OmlError } from '@oml/protocol/error';
import type { TensorProto } from 'onnx-buf';
import type { OnnxModel } from '../file/model-file.ts';
import { isFloat, readFloats } from '../file/tensor.ts';
import { mapTensors } from './weights.ts';

/**
 * `weight · first + (1 − weight) · second` in every float initializer. Throws MODEL_INVALID unless both have the same
 * tensors, REQUEST_INVALID.
 */
export function mergeLinear(first: OnnxModel, second: OnnxModel, weight: number): OnnxModel {
  return merge(first, second, weight, (a, b) => line(a, b, weight));
}

/**
 * Spherical interpolation (Shoemake 1985) of each tensor as one long vector; `weight` is the first model's share.
 * Throws as {@link mergeLinear}.
 */
export function mergeSlerp(first: OnnxModel, second: OnnxModel, weight: number): OnnxModel {
  return merge(first, second, weight, (a, b) => slerp(a, b, weight));
}

type Blend = (a: Float32Array<ArrayBuffer>, b: Float32Array) => Float32Array;

function merge(first: OnnxModel, second: OnnxModel, weight: number, blend: Blend): OnnxModel {
  if (!(weight >= 0 && weight <= 1))
    throw new OmlError('REQUEST_INVALID', `A weight lies between 0 and 1; ${weight} does not.`);
  const others = new Map(floatsOf(second).map((tensor) => [tensor.name, tensor]));
  const own = floatsOf(first);
  if (others.size !== own.length) throw unlike(`one has ${own.length} float tensors, the other ${others.size}`);
  for (const tensor of own) {
    const other = others.get(tensor.name);
    if (!other || !alike(tensor, other)) throw unlike(`"${tensor.name}" is not the same kind of tensor in both`);
  }
  const names = new Set(own.map((tensor) => tensor.name));
  return mapTensors(first, names, (values, tensor) => blend(values, readFloats(others.get(tensor.name)!)));
}

const floatsOf = (model: OnnxModel): TensorProto[] =>
  model.graph.initializer.filter((tensor) => isFloat(tensor.dataType));
const alike = (a: TensorProto, b: TensorProto): boolean => a.dataType === b.dataType && a.dims.join() === b.dims.join();
const unlike = (why: string) => new OmlError('MODEL_INVALID', `These two models cannot be merged: ${why}.`);

/** Below this sine two directions are one, and the straight line is the arc. */
const PARALLEL = 1e-7;

function slerp(a: Float32Array<ArrayBuffer>, b: Float32Array, weight: number): Float32Array {
  const [normA, normB] = [Math.sqrt(dot(a, a)), Math.sqrt(dot(b, b))];
  if (!Number.isFinite(normA + normB) || normA * normB === 0) return line(a, b, weight);
  // The angle from the chord: exact where the cosine has rounded to 1, as for a model and its fingerprinted copy.
  const angle = 2 * Math.asin(Math.min(1, chord(a, b, normA, normB) / 2));
  const sine = Math.sin(angle);
  if (sine < PARALLEL) return line(a, b, weight);
  const [shareA, shareB] = [Math.sin(weight * angle) / sine, Math.sin((1 - weight) * angle) / sine];
  return a.map((value, i) => shareA * value + shareB * b[i]!);
}

/** Equal values stay as they are: a mask of −∞ must not become NaN. */
function line(a: Float32Array<ArrayBuffer>, b: Float32Array, weight: number): Float32Array {
  return a.map((value, i) => (value === b[i] ? value : weight * value + (1 - weight) * b[i]!));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function chord(a: Float32Array, b: Float32Array, normA: number, normB: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! / normA - b[i]! / normB) ** 2;
  return Math.sqrt(sum);
}
