import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurePoint, type Point } from './growth-point.ts';

/** One size that grows while all others stay. */
export interface Curve {
  /** Names the figure `growth.<id>`. */
  id: string;
  /** What grows. */
  over: string;
  /** What stays. */
  fixed: string;
  sizes: readonly number[];
  measure: (size: number) => Point;
}

const RUNS = 3;
const KEYS = 64;
/** Small in all that does not grow, so that what does is not hidden. */
const SHAPE = { layers: 2, size: 256, inner: 2048, heads: 8, vocabulary: 2048, context: 64 };
const fixed = (...varying: string[]): string =>
  ['2 layers of 256', `d_ff ${SHAPE.inner}`, `V ${SHAPE.vocabulary}`, `${KEYS} keys`]
    .filter((one) => !varying.some((word) => one.includes(word)))
    .join(', ');

export const CURVES: readonly Curve[] = [
  {
    id: 'N',
    over: 'N, keys',
    fixed: `random weights, ${fixed('keys')}`,
    sizes: doublings(16, 7),
    measure: (size) => embedPoint(size, SHAPE, size),
  },
  {
    id: 'd_ff',
    over: 'd_ff, inner size',
    fixed: `random weights, ${fixed('d_ff')}`,
    sizes: doublings(512, 7),
    measure: (size) => embedPoint(size, { ...SHAPE, inner: size }, KEYS),
  },
  {
    id: 'V',
    over: 'V, vocabulary',
    fixed: `random weights, ${fixed('V')}`,
    sizes: doublings(2048, 7),
    measure: (size) => embedPoint(size, { ...SHAPE, vocabulary: size }, KEYS),
  },
  {
    id: 'N.fast',
    over: 'N, drafted keys',
    fixed: 'wiki2m6, fast, 4 bits',
    sizes: doublings(16, 5),
    measure: (size) => measurePoint(size, 1, 'growth-fast.ts', [String(size)]),
  },
];

function doublings(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first * 2 ** i);
}

function embedPoint(size: number, shape: typeof SHAPE, keys: number): Point {
  const folder = mkdtempSync(join(tmpdir(), 'growth-model-'));
  try {
    makeModel(folder, shape);
    return measurePoint(size, RUNS, 'growth-embed.ts', [folder, String(keys)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process of its own: what it needs is not measured. */
function makeModel(folder: string, shape: typeof SHAPE): void {
  const options = Object.entries(shape).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../onnx/scripts/large-model.ts'), folder, ...options],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status !== 0) throw new Error('The model could not be made.');
}
