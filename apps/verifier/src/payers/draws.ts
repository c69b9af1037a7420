import { createHash } from 'node:crypto';

/** What follows from a secret seed and looks like chance to everybody else; the same after every restart. */
export interface Draws {
  /** In [0, 1), 32 bits. */
  uniform(): number;
  /** A whole number below a limit. */
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Waiting times between things that do not know of each other. */
  exponential(mean: number): number;
  shuffle<Item>(items: readonly Item[]): Item[];
}

/** Draws by SHA-256 in counter mode. */
export function drawsOf(seed: string): Draws {
  let count = 0;
  const uniform = () => createHash('sha256').update(`${seed}/${count++}`).digest().readUInt32BE(0) / 2 ** 32;
  const below = (limit: number) => Math.floor(uniform() * limit);
  return {
    uniform,
    below,
    pick: (items) => items[below(items.length)]!,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    shuffle(items) {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return shuffled;
    },
  };
}
