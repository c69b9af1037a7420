import { OmlError } from '@oml/protocol/error';
import { MOST_ITEMS } from '@oml/protocol/evidence/batch';

export interface PlanInputs {
  bits: number;
  /** Common keys: no item asks one twice. */
  commonSize: number;
  /** Score that the claim will need. */
  needed: number;
  /** Share of marked answers expected from a host that does use the model. */
  hitRate?: number;
}

const RESERVE = { factor: 1.5, items: 4 };

/** Expected score after `count` items: `bits` for every answer of the model, −1 for every item. */
export function expectedScore({ bits, hitRate = 0.9 }: Pick<PlanInputs, 'bits' | 'hitRate'>, count: number): number {
  return (bits * hitRate - 1) * count;
}

/**
 * How many items a batch should have: enough to reach the score with a reserve. Throws CODE_BOOK_TOO_SMALL where no
 * number is enough.
 */
export function planItemCount(inputs: PlanInputs): number {
  const most = Math.min(MOST_ITEMS, inputs.commonSize);
  const counts = Array.from({ length: most }, (_, i) => i + 1);
  const enough = counts.find((count) => expectedScore(inputs, count) >= inputs.needed);
  if (enough === undefined) {
    const { bits, commonSize, needed } = inputs;
    throw new OmlError(
      'CODE_BOOK_TOO_SMALL',
      `${commonSize} common keys of ${bits} bits cannot reach the score of ${needed} that a claim needs.`,
      { details: { commonSize, bits, needed } },
    );
  }
  return Math.min(most, Math.ceil(RESERVE.factor * enough) + RESERVE.items);
}
