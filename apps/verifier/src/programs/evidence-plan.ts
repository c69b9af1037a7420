import { OmlError } from '@oml/protocol/error';
import { MOST_ITEMS } from '@oml/protocol/evidence/batch';

export interface PlanInputs {
  bits: number;
  /** Common keys: no item asks one twice. */
  commonSize: number;
  /** Score that the claim will need. */
  needed: number;
  /** Share of its answers that a host takes from the model, of those which are to be caught; 1: all. */
  share?: number;
  /** Share of marked answers expected from a host that uses the model alone. */
  survival?: number;
}

const RESERVE = { factor: 1.5, items: 4 };

/** Expected score after `count` items: `bits` for every answer of the model, −1 for every item. */
export function expectedScore(
  { bits, share = 1, survival = 0.9 }: Pick<PlanInputs, 'bits' | 'share' | 'survival'>,
  count: number,
): number {
  return (bits * share * survival - 1) * count;
}

/**
 * How many items a batch should have: enough to reach the score with a reserve, and all that there are against a share
 * that is too small for that. Throws CODE_BOOK_TOO_SMALL where no number is enough against a host that uses the model
 * alone.
 */
export function planItemCount(inputs: PlanInputs): number {
  const most = Math.min(MOST_ITEMS, inputs.commonSize);
  const counts = Array.from({ length: most }, (_, i) => i + 1);
  const reaching = (share: number) =>
    counts.find((count) => expectedScore({ ...inputs, share }, count) >= inputs.needed);
  if (reaching(1) === undefined) {
    const { bits, commonSize, needed } = inputs;
    throw new OmlError(
      'CODE_BOOK_TOO_SMALL',
      `${commonSize} common keys of ${bits} bits cannot reach the score of ${needed} that a claim needs.`,
      { details: { commonSize, bits, needed } },
    );
  }
  const enough = reaching(inputs.share ?? 1);
  return enough === undefined ? most : Math.min(most, Math.ceil(RESERVE.factor * enough) + RESERVE.items);
}
