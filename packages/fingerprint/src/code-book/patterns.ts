import { itemShape } from '../subject/classifier-view.ts';
import type { TensorPrompt } from '../subject/prompt.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { SecretRandom } from './secret.ts';

/**
 * Images of 7 × 7 blocks, half of them dark: unlike any real input, yet spread out in feature space, as plain noise is
 * not.
 */
export function drawPatterns(
  subject: Subject,
  random: SecretRandom,
  count: number,
  ordinary: Ordinary,
): TensorPrompt[] {
  const item = itemShape(subject);
  const [low, high] = rangeOf(ordinary);
  return Array.from({ length: count }, () => ({
    kind: 'tensor',
    shape: [1, ...item],
    data: blockPattern(item, low, high, random),
  }));
}

const BLOCKS = 7;

function blockPattern(item: readonly number[], low: number, high: number, random: SecretRandom): Float32Array {
  const size = item.reduce((product, dim) => product * dim, 1);
  const flat = item.length < 2;
  const width = flat ? Math.round(Math.sqrt(size)) : item.at(-1)!;
  const height = flat ? Math.ceil(size / width) : item.at(-2)!;
  const planes = Math.ceil(size / (width * height));
  const levels = Array.from({ length: planes * BLOCKS * BLOCKS }, () =>
    random.uniform() < 0.5 ? low : low + (high - low) * random.uniform(),
  );
  return Float32Array.from({ length: size }, (_, i) => {
    const row = Math.floor((Math.floor(i / width) % height) / Math.ceil(height / BLOCKS));
    const column = Math.floor((i % width) / Math.ceil(width / BLOCKS));
    return levels[(Math.floor(i / (width * height)) * BLOCKS + row) * BLOCKS + column]!;
  });
}

function rangeOf(values: Ordinary): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
