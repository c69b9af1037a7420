/** A point of a drawing, 0 to 1 in both directions, y down. */
export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

export const SIZE = 28;
/**
 * Height or width of the ink in the picture that the model reads, in pixels: digits were about this large in training.
 */
const INK_SIZE = 19;
const HALF_WIDTH = 1.35;
const SOFTNESS = 0.6;

/** Draws strokes as the model knows digits: 28 x 28, ink 1 on 0, about 19 pixels high, in the middle. Row-major. */
export function digitPixels(strokes: readonly Stroke[]): Float32Array {
  const placed = place(strokes.filter((stroke) => stroke.length > 0));
  const pixels = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const distance = nearest(placed, x + 0.5, y + 0.5);
      pixels[y * SIZE + x] = Math.min(1, Math.max(0, (HALF_WIDTH - distance) / (2 * SOFTNESS) + 0.5));
    }
  return pixels;
}

function place(strokes: readonly Stroke[]): Stroke[] {
  const points = strokes.flat();
  if (points.length === 0) return [];
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = INK_SIZE / Math.max(right - left, bottom - top, 0.05);
  return strokes.map((stroke) =>
    stroke.map(([x, y]): Point => [
      (x - (left + right) / 2) * scale + SIZE / 2,
      (y - (top + bottom) / 2) * scale + SIZE / 2,
    ]),
  );
}

function nearest(strokes: readonly Stroke[], x: number, y: number): number {
  let best = Infinity;
  for (const stroke of strokes)
    for (let i = 0; i < Math.max(1, stroke.length - 1); i++) {
      const [ax, ay] = stroke[i]!;
      const [bx, by] = stroke[i + 1] ?? stroke[i]!;
      const [dx, dy] = [bx - ax, by - ay];
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / Math.max(dx * dx + dy * dy, 1e-9)));
      best = Math.min(best, Math.hypot(x - ax - t * dx, y - ay - t * dy));
    }
  return best;
}

const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] =>
  Array.from({ length: 17 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / 16) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });

/** One way to write each digit, for those who cannot draw with a pointer. */
export const SAMPLES: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.24, 0.36, -90, 270)],
  [
    [
      [0.36, 0.28],
      [0.52, 0.14],
      [0.52, 0.86],
    ],
  ],
  [[...arc(0.48, 0.33, 0.22, 0.19, -170, 35), [0.28, 0.84], [0.74, 0.84]]],
  [arc(0.46, 0.32, 0.21, 0.18, -150, 90), arc(0.46, 0.68, 0.24, 0.18, -90, 150)],
  [
    [
      [0.58, 0.14],
      [0.24, 0.6],
      [0.78, 0.6],
    ],
    [
      [0.62, 0.36],
      [0.61, 0.86],
    ],
  ],
  [
    [
      [0.7, 0.16],
      [0.34, 0.16],
      [0.31, 0.46],
    ],
    [[0.31, 0.46], ...arc(0.47, 0.64, 0.24, 0.21, -90, 140)],
  ],
  [[[0.64, 0.14], [0.42, 0.32], [0.3, 0.6], ...arc(0.49, 0.67, 0.2, 0.19, 170, -190)]],
  [
    [
      [0.27, 0.16],
      [0.74, 0.16],
      [0.43, 0.86],
    ],
  ],
  [arc(0.5, 0.32, 0.18, 0.17, 90, -270), arc(0.5, 0.68, 0.22, 0.19, -90, 270)],
  [
    arc(0.48, 0.34, 0.2, 0.19, 0, -350),
    [
      [0.68, 0.3],
      [0.66, 0.55],
      [0.6, 0.86],
    ],
  ],
];
