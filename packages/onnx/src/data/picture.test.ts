import { fromBase64 } from '@oml/protocol/wire/base64';
import { describe, expect, it } from 'vitest';
import vectors from '../../test-support/data-vectors.json' with { type: 'json' };
import { imageBytes, valuesOfBytes } from './image-items.ts';
import { decodePicture, type Picture } from './picture.ts';
import { imagePreprocessing } from './preprocessing.ts';
import { resizePicture } from './resize.ts';

const picture: Picture = { width: 13, height: 9, channels: 3, bytes: Uint8Array.from(vectors.picture) };
const file = (name: keyof typeof vectors.files) => fromBase64(vectors.files[name]);
const furthest = (a: Uint8Array, b: readonly number[]) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), a.length === b.length ? 0 : 256);

describe('pictures are decoded as Pillow decodes them', () => {
  it.each(['rgb', 'grey', 'palette', 'bits'] as const)('PNG: %s', (name) => {
    const { bytes, channels } = decodePicture(file(name), name);
    expect(channels).toBe(name === 'rgb' || name === 'palette' ? 3 : 1);
    expect([...bytes]).toEqual(vectors.decoded[name]);
  });

  it('JPEG, but for rounding', () => {
    const { bytes, width, height } = decodePicture(file('jpeg'), 'a.jpg');
    expect([width, height]).toEqual([32, 24]);
    expect(furthest(bytes, vectors.decoded.jpeg)).toBeLessThanOrEqual(6);
  });

  it('what is transparent stands on black', () => {
    const { bytes } = decodePicture(file('alpha'), 'a.png');
    expect([...bytes.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(bytes[12 * 3]).toBe(Math.round((picture.bytes[12 * 3]! * 240) / 255));
  });

  it('refuses what is none, what is cut, and a size that no file fills', () => {
    expect(() => decodePicture(new Uint8Array([71, 73, 70]), 'a.gif')).toThrow(/neither PNG nor JPEG/);
    expect(() => decodePicture(file('rgb').subarray(0, 60), 'a.png')).toThrow(/a\.png cannot be decoded/);
    expect(() => decodePicture(file('jpeg').subarray(0, 200), 'a.jpg')).toThrow(/a\.jpg cannot be decoded/);
    const huge = file('rgb');
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 0x7fffffff);
    expect(() => decodePicture(huge, 'a.png')).toThrow(/pixels/);
  });
});

describe('pictures are resized as Pillow resizes them', () => {
  it.each(Object.entries(vectors.sizes))(
    '%s',
    (name, { width, height, bytes }: { width: number; height: number; bytes: number[] }) => {
      const resized = resizePicture(picture, width, height, name.split(' ')[0] as 'bilinear');
      expect(furthest(resized.bytes, bytes)).toBeLessThanOrEqual(1);
    },
  );
});

describe('a picture as an item', () => {
  const of = (more: object) =>
    imagePreprocessing.parse({ kind: 'image', colours: 'rgb', width: 2, height: 1, ...more });
  const tiny: Picture = { width: 2, height: 1, channels: 3, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) };

  it('in either order and in other colours', () => {
    expect([...imageBytes(tiny, of({}))]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...imageBytes(tiny, of({ layout: 'NHWC' }))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...imageBytes(tiny, of({ layout: 'NHWC', colours: 'bgr' }))]).toEqual([3, 2, 1, 6, 5, 4]);
    expect([...imageBytes(tiny, of({ colours: 'grey' }))]).toEqual([2, 5]);
  });

  it('cut from the middle, with black around what is smaller', () => {
    const cut = of({ colours: 'grey', resize: 'none', width: 4, height: 1 });
    expect([...imageBytes(tiny, cut)]).toEqual([0, 2, 5, 0]);
  });

  it('less the mean and by the deviation of its channel', () => {
    const preprocessing = of({ scale: 1, mean: [1, 2, 3], deviation: [1, 2, 4] });
    expect([...valuesOfBytes(imageBytes(tiny, preprocessing), preprocessing)]).toEqual([0, 3, 0, 1.5, 0, 0.75]);
    expect([...valuesOfBytes(Uint8Array.of(0, 255))]).toEqual([0, 1]);
  });
});
