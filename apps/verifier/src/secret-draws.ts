import { createHash } from 'node:crypto';

/** Whole numbers below a limit, always the same for one secret seed. */
export function secretDraws(seed: string): (limit: number) => number {
  let count = 0;
  return (limit) => createHash('sha256').update(`${seed}/${count++}`).digest().readUInt32BE(0) % limit;
}
