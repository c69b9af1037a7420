import { seededRandom } from '@oml/onnx/seeded-random';

/**
 * Images of bytes [count, side, side] as a worse camera would take them: shifted by up to `most` pixels either way, and
 * with noise. The same seed, the same images.
 */
export function shiftedImages(
  images: Uint8Array,
  side: number,
  { most, noise, seed }: { most: number; noise: number; seed: number },
): Uint8Array {
  const random = seededRandom(seed);
  const within = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  const shifted = new Uint8Array(images.length);
  const size = side * side;
  for (let image = 0; image < images.length / size; image++) {
    const strength = random();
    const [dx, dy] = [0, 0].map(() => Math.round((2 * random() - 1) * most * strength)) as [number, number];
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const [fromX, fromY] = [x - dx, y - dy];
        const isInside = fromX >= 0 && fromY >= 0 && fromX < side && fromY < side;
        const value = isInside ? images[image * size + fromY * side + fromX]! : 0;
        shifted[image * size + y * side + x] = within(value + noise * strength * (2 * random() - 1));
      }
  }
  return shifted;
}
