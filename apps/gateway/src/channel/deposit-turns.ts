import type { Address } from 'viem';

/** Deposits of one payer that are taken in, the first of them settling. */
interface Line {
  many: number;
  last: Promise<void> | undefined;
}

const lines = new Map<Address, Line>();

/** Each of them holds a place before the model while it waits. */
const MOST_OF_PAYER = 4;

/**
 * One deposit of a payer after another, and whether it had to wait; undefined where too many do. Side by side none
 * would see the others, neither what they take of its money nor what they put into the same channel: each would cost
 * gas, and one be good for a call.
 */
export function inTurnOf<Result>(
  payer: Address,
  work: (hasWaited: boolean) => Promise<Result>,
): Promise<Result> | undefined {
  const line = lines.get(payer) ?? { many: 0, last: undefined };
  if (line.many >= MOST_OF_PAYER) return undefined;
  line.many++;
  lines.set(payer, line);
  const mine = line.last ? line.last.then(() => work(true)) : work(false);
  const leave = () => {
    line.many--;
    if (line.many === 0) lines.delete(payer);
  };
  line.last = mine.then(leave, leave);
  return mine;
}
