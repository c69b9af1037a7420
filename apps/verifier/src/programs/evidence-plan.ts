import { OmlError } from '@oml/protocol/error';

export interface PlanInputs {
  bits: number;
  /** Common keys, of which the beacon draws with replacement; a key counts once. */
  commonSize: number;
  /** Score that the claim will need. */
  needed: number;
  /** Share of marked answers expected from a host that does use the model. */
  hitRate?: number;
}

/** The court takes no more in one claim. */
const MAX_ITEMS = 256;
const RESERVE = { factor: 1.5, items: 4 };

/** Expected score after `count` draws: `bits` for every different key that answers, −1 for every item. */
export function expectedScore({ bits, commonSize, hitRate = 0.9 }: Omit<PlanInputs, 'needed'>, count: number): number {
  return bits * hitRate * commonSize * (1 - (1 - 1 / commonSize) ** count) - count;
}

/**
 * How many items a batch should have: enough to reach the score with a reserve. Throws CODE_BOOK_TOO_SMALL where no
 * number is enough.
 */
export function planItemCount(inputs: PlanInputs): number {
  const counts = Array.from({ length: MAX_ITEMS }, (_, i) => i + 1);
  const enough = counts.find((count) => expectedScore(inputs, count) >= inputs.needed);
  if (enough === undefined) {
    const { bits, commonSize, needed } = inputs;
    throw new OmlError(
      'CODE_BOOK_TOO_SMALL',
      `${commonSize} common keys of ${bits} bits cannot reach the score of ${needed} that a claim needs.`,
      { details: { commonSize, bits, needed } },
    );
  }
  const best = counts.reduce((a, b) => (expectedScore(inputs, b) > expectedScore(inputs, a) ? b : a));
  return Math.min(best, Math.ceil(RESERVE.factor * enough) + RESERVE.items);
}
