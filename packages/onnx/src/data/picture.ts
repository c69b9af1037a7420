import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { badData } from './bad-data.ts';

/** Decoded pixels: rows of `channels` bytes each, red first. */
export interface Picture {
  width: number;
  height: number;
  /** 1: grey. 3: red, green, blue. */
  channels: 1 | 3;
  bytes: Uint8Array;
}

/** A larger one is no photograph that a model is trained on. */
const MOST_PIXELS = 1 << 26;
const MOST_DECODING_MB = 1_024;

const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e;
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/** Is this a file that {@link decodePicture} reads, by its first bytes? */
export const isPicture = (bytes: Uint8Array): boolean => isPng(bytes) || isJpeg(bytes);

/**
 * Decodes a PNG or a JPEG (halved colours are doubled, not smoothed); what is transparent stands on black. `name` is for the refusal. Throws REQUEST_INVALID for
 * another or a broken file, and for more than 64 million pixels.
 */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  try {
    if (isPng(bytes)) return ofPng(bytes);
    if (isJpeg(bytes)) return ofJpeg(bytes);
  } catch (cause) {
    throw badData(`${name} cannot be decoded: ${cause instanceof Error ? cause.message.slice(0, 120) : 'broken'}.`);
  }
  throw badData(`${name} is neither PNG nor JPEG: convert it, for instance with \`magick ${name} picture.png\`.`);
}

function ofPng(file: Uint8Array): Picture {
  const header = new DataView(file.buffer, file.byteOffset, file.byteLength);
  checkSize(header.getUint32(16), header.getUint32(20));
  const { width, height, data, channels, depth, palette } = decodePng(file);
  const shift = depth === 16 ? 8 : 0;
  const pixels = width * height;
  const stretch = depth < 8 && !palette ? 255 / (2 ** depth - 1) : 1;
  const at = sampler(data, depth, width, channels);
  const sample = (pixel: number, channel: number) => (at(pixel, channel) >> shift) * stretch;
  if (palette) return coloured(width, height, (pixel) => palette[at(pixel, 0)] ?? [0, 0, 0]);
  const [colours, opacity] = [channels < 3 ? 1 : 3, channels % 2 === 0 ? channels - 1 : undefined] as const;
  const bytes = new Uint8Array(pixels * colours);
  for (let i = 0; i < bytes.length; i++) {
    const pixel = Math.floor(i / colours);
    const share = opacity === undefined ? 1 : sample(pixel, opacity) / 255;
    bytes[i] = Math.round(sample(pixel, i % colours) * share);
  }
  return { width, height, channels: colours, bytes };
}

/** Samples of less than a byte are packed, each row from a new byte on. */
function sampler(data: ArrayLike<number>, depth: number, width: number, channels: number) {
  if (depth >= 8) return (pixel: number, channel: number) => data[pixel * channels + channel]!;
  const rowBytes = Math.ceil((width * depth) / 8);
  const perByte = 8 / depth;
  return (pixel: number) => {
    const column = pixel % width;
    const byte = data[Math.floor(pixel / width) * rowBytes + Math.floor(column / perByte)]!;
    return (byte >> (8 - depth * ((column % perByte) + 1))) & (2 ** depth - 1);
  };
}

function coloured(width: number, height: number, at: (pixel: number) => ArrayLike<number>): Picture {
  const bytes = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const colour = at(pixel);
    const share = (colour[3] ?? 255) / 255;
    for (let c = 0; c < 3; c++) bytes[pixel * 3 + c] = Math.round(colour[c]! * share);
  }
  return { width, height, channels: 3, bytes };
}

function ofJpeg(file: Uint8Array): Picture {
  const { width, height, data } = decodeJpeg(file, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: MOST_DECODING_MB,
  });
  return { width, height, channels: 3, bytes: data };
}

function checkSize(width: number, height: number): void {
  if (width * height > MOST_PIXELS) throw badData(`it has ${width} × ${height} pixels, more than are read`);
}
