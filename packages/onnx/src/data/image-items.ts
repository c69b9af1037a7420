import type { Picture } from './picture.ts';
import { channelsOf, type ImagePreprocessing } from './preprocessing.ts';
import { cutMiddle, resizePicture } from './resize.ts';

/** One item's bytes: the picture resized, cut, in the channels and the order that the model reads. */
export function imageBytes(picture: Picture, preprocessing: ImagePreprocessing): Uint8Array {
  const { width, height, layout, colours } = preprocessing;
  const placed = cutMiddle(resized(picture, preprocessing), width, height);
  const channels = channelsOf(preprocessing);
  const pixels = width * height;
  const bytes = new Uint8Array(pixels * channels);
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let c = 0; c < channels; c++) {
      const at = layout === 'NCHW' ? c * pixels + pixel : pixel * channels + c;
      bytes[at] = colours === 'grey' ? greyOf(placed, pixel) : colourOf(placed, pixel, colours === 'bgr' ? 2 - c : c);
    }
  return bytes;
}

function resized(picture: Picture, { resize, filter, width, height }: ImagePreprocessing): Picture {
  if (resize === 'none') return picture;
  if (resize === 'stretch') return resizePicture(picture, width, height, filter);
  if (typeof resize === 'object') return resizePicture(picture, resize.width, resize.height, filter);
  const shorter = Math.min(picture.width, picture.height);
  const side = (length: number) => (length === shorter ? resize : Math.floor((length * resize) / shorter));
  return resizePicture(picture, side(picture.width), side(picture.height), filter);
}

const colourOf = ({ bytes, channels }: Picture, pixel: number, c: number): number =>
  bytes[channels === 1 ? pixel : pixel * 3 + c]!;

/** ITU-R 601-2 luma in Pillow's fixed point. */
function greyOf({ bytes, channels }: Picture, pixel: number): number {
  if (channels === 1) return bytes[pixel]!;
  const [red, green, blue] = [bytes[pixel * 3]!, bytes[pixel * 3 + 1]!, bytes[pixel * 3 + 2]!];
  return (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
}

/** Bytes as a model that has no preprocessing beside it takes them: shares of full brightness. */
const PLAIN = { layout: 'NCHW', colours: 'grey', scale: 1 / 255, mean: [0], deviation: [1] } as const;

/**
 * Any number of items' bytes as the model is fed them: `(byte · scale − mean) / deviation`; without a preprocessing,
 * bytes / 255.
 */
export function valuesOfBytes(
  bytes: Uint8Array,
  preprocessing: Pick<ImagePreprocessing, 'layout' | 'colours' | 'scale' | 'mean' | 'deviation'> & {
    width?: number;
    height?: number;
  } = { ...PLAIN, mean: [...PLAIN.mean], deviation: [...PLAIN.deviation] },
): Float32Array<ArrayBuffer> {
  const { layout, scale, mean, deviation, width = 1, height = 1 } = preprocessing;
  const channels = channelsOf(preprocessing);
  const plane = width * height;
  const tables = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: 256 }, (_, byte) => {
      const [centre, spread] = [mean[c % mean.length]!, deviation[c % deviation.length]!];
      return (byte * scale - centre) / spread;
    }),
  );
  const values = new Float32Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const channel = layout === 'NHWC' ? at % channels : Math.floor(at / plane) % channels;
    values[at] = tables[channel]![bytes[at]!]!;
  }
  return values;
}
