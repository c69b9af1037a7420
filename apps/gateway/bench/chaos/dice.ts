/** Numbers that look random and come again with their seed (mulberry32). */
export interface Dice {
  /** From 0, below `n`. */
  below(n: number): number;
  chance(share: number): boolean;
  oneOf<T>(things: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, chance: (share) => next() < share, oneOf: (things) => things[below(things.length)]! };
}
