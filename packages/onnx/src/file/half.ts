/**
 * The two 16-bit float formats of ONNX as bit patterns. Rounding is to nearest, ties to even; subnormals, infinities
 * and NaN are kept.
 * float16: IEEE 754 binary16. bfloat16: the upper half of a binary32.
 */

const halves = new Float32Array(1);
const bits = new Uint32Array(halves.buffer);
let table: Float32Array | undefined;

/** float32 to float16 bits. Above 65504 it gives infinity, as IEEE 754 does. */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < out.length; i++) out[i] = encodeFloat16(words[i]!);
  return out;
}

/** float16 bits to float32; exact. */
export function fromFloat16(codes: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 65536 }, (_, code) => decodeFloat16(code));
  const out = new Float32Array(codes.length);
  for (let i = 0; i < out.length; i++) out[i] = table[codes[i]!]!;
  return out;
}

/** float32 to bfloat16 bits. */
export function toBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < out.length; i++) {
    const word = words[i]!;
    const isNan = (word & 0x7fffffff) > 0x7f800000;
    out[i] = isNan ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** bfloat16 bits to float32; exact. */
export function fromBfloat16(codes: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(codes.length);
  for (let i = 0; i < words.length; i++) words[i] = codes[i]! << 16;
  return new Float32Array(words.buffer);
}

function encodeFloat16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Below the smallest normal float16, one unit is 2^-24: adding 0.5 makes the FPU round to it, ties to even.
  bits[0] = magnitude;
  halves[0] = halves[0]! + 0.5;
  return sign | (bits[0] - 0x3f000000);
}

function decodeFloat16(code: number): number {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >>> 10) & 31;
  const fraction = code & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
