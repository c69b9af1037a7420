import type { Picture } from './picture.ts';

/** How far a filter reaches at its own scale, and its weight at a distance. */
interface Filter {
  support: number;
  weight(distance: number): number;
}

const cubic = (x: number): number => {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
};

const FILTERS: Record<'bilinear' | 'bicubic', Filter> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - x) },
  bicubic: { support: 2, weight: cubic },
};

/**
 * A picture in another size, by the rule of Pillow, which training pipelines use: a filter that widens with the
 * reduction, columns first, each pass rounded to bytes.
 */
export function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  filter: 'nearest' | 'bilinear' | 'bicubic',
): Picture {
  if (picture.width === width && picture.height === height) return picture;
  if (filter === 'nearest') return nearest(picture, width, height);
  const across = width === picture.width ? picture : pass(picture, width, FILTERS[filter], true);
  return height === picture.height ? across : pass(across, height, FILTERS[filter], false);
}

/** The middle of a picture; black where it is smaller. */
export function cutMiddle(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const { channels } = picture;
  const [left, top] = [middle(picture.width, width), middle(picture.height, height)];
  const bytes = new Uint8Array(width * height * channels);
  for (let y = Math.max(0, -top); y < Math.min(height, picture.height - top); y++) {
    const [from, to] = [Math.max(0, left), Math.min(picture.width, left + width)];
    const row = (y + top) * picture.width;
    bytes.set(
      picture.bytes.subarray((row + from) * channels, (row + to) * channels),
      (y * width + from - left) * channels,
    );
  }
  return { width, height, channels, bytes };
}

const middle = (whole: number, part: number): number => Math.floor((whole - part) / 2);

function nearest({ width: w, height: h, channels, bytes }: Picture, width: number, height: number): Picture {
  const out = new Uint8Array(width * height * channels);
  const from = (i: number, size: number, whole: number) => Math.min(whole - 1, Math.floor(((i + 0.5) * whole) / size));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        out[(y * width + x) * channels + c] = bytes[(from(y, height, h) * w + from(x, width, w)) * channels + c]!;
  return { width, height, channels, bytes: out };
}

/** One direction: along rows, or along columns. */
function pass(picture: Picture, size: number, filter: Filter, isAcross: boolean): Picture {
  const { channels, bytes } = picture;
  const length = isAcross ? picture.width : picture.height;
  const width = isAcross ? size : picture.width;
  const height = isAcross ? picture.height : size;
  const stride = isAcross ? channels : picture.width * channels;
  const taps = Array.from({ length: size }, (_, i) => tapsAt(i, size, length, filter));
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const { from, weights } = taps[isAcross ? x : y]!;
      const start = (isAcross ? y * picture.width + from : from * picture.width + x) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * bytes[start + i * stride + c]!;
        out[(y * width + x) * channels + c] = Math.min(255, Math.max(0, Math.floor(sum + 0.5)));
      }
    }
  return { width, height, channels, bytes: out };
}

/** Which values a new one is made of, and how much of each. */
function tapsAt(i: number, size: number, length: number, filter: Filter): { from: number; weights: Float64Array } {
  const scale = length / size;
  const widened = Math.max(1, scale);
  const centre = (i + 0.5) * scale;
  const from = Math.max(0, Math.floor(centre - filter.support * widened + 0.5));
  const to = Math.min(length, Math.floor(centre + filter.support * widened + 0.5));
  const weights = Float64Array.from({ length: to - from }, (_, k) =>
    filter.weight(Math.abs(from + k + 0.5 - centre) / widened),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { from, weights: weights.map((weight) => weight / sum) };
}
