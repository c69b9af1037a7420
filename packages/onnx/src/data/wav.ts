import { badData } from './bad-data.ts';

/** One channel of sound. */
export interface Sound {
  /** Samples a second. */
  rate: number;
  /** −1 to 1. */
  samples: Float32Array;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Is this a WAV file, by its first bytes? */
export const isWav = (bytes: Uint8Array): boolean => textAt(bytes, 0) === 'RIFF' && textAt(bytes, 8) === 'WAVE';

/**
 * Reads a WAV file of PCM (8 to 32 bits) or floats (32, 64); several channels become their mean. `name` is for the
 * refusal. Throws REQUEST_INVALID.
 */
export function readWav(bytes: Uint8Array, name: string): Sound {
  if (!isWav(bytes))
    throw badData(`${name} is no WAV file: convert it, for instance with \`ffmpeg -i ${name} a.wav\`.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = chunksOf(view, bytes);
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || !data || format.length < 16) throw badData(`${name} is a WAV file without sound in it.`);
  const extended = view.getUint16(format.at, true) === EXTENSIBLE && format.length >= 26;
  const kind = view.getUint16(extended ? format.at + 24 : format.at, true);
  const channels = view.getUint16(format.at + 2, true);
  const rate = view.getUint32(format.at + 4, true);
  const bits = view.getUint16(format.at + 14, true);
  const read = readerOf(view, kind, bits);
  if (!read || channels === 0 || rate === 0)
    throw badData(`${name} holds sound of format ${kind} with ${bits} bits: write it as 16-bit PCM.`);
  const frame = channels * (bits / 8);
  const samples = new Float32Array(Math.floor(data.length / frame));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += read(data.at + i * frame + c * (bits / 8));
    samples[i] = sum / channels;
  }
  return { rate, samples };
}

/** Where each chunk's payload lies; what a file says beyond its end is cut. */
function chunksOf(view: DataView, bytes: Uint8Array): Map<string, { at: number; length: number }> {
  const found = new Map<string, { at: number; length: number }>();
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const name = textAt(bytes, at);
    if (!found.has(name)) found.set(name, { at: at + 8, length: Math.min(length, bytes.length - at - 8) });
    at += 8 + length + (length % 2);
  }
  return found;
}

function readerOf(view: DataView, kind: number, bits: number): ((at: number) => number) | undefined {
  if (kind === FLOAT && bits === 32) return (at) => view.getFloat32(at, true);
  if (kind === FLOAT && bits === 64) return (at) => view.getFloat64(at, true);
  if (kind !== PCM) return undefined;
  if (bits === 8) return (at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (at) => view.getInt16(at, true) / 2 ** 15;
  if (bits === 24) return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23;
  if (bits === 32) return (at) => view.getInt32(at, true) / 2 ** 31;
  return undefined;
}

const textAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
