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

/** Of a host that uses the model alone and changes nothing of it; what is planned with where nobody says more. */
const USUAL_SURVIVAL = 0.9;
/** A publication that says no more than this says nothing to plan with. */
const LEAST_SURVIVAL = 0.05;
const RESERVE = { factor: 1.5, items: 4 };

/** Expected score after `count` items: `bits` for every answer of the model, −1 for every item. */
export function expectedScore(
  { bits, share = 1, survival = USUAL_SURVIVAL }: Pick<PlanInputs, 'bits' | 'share' | 'survival'>,
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
  const most = mostItems(inputs);
  if (reaching({ ...inputs, share: 1 }) === undefined) {
    const { bits, commonSize, needed } = inputs;
    throw new OmlError(
      'CODE_BOOK_TOO_SMALL',
      `${commonSize} common keys of ${bits} bits cannot reach the score of ${needed} that a claim needs.`,
      { details: { commonSize, bits, needed } },
    );
  }
  const enough = reaching(inputs);
  return enough === undefined ? most : Math.min(most, Math.ceil(RESERVE.factor * enough) + RESERVE.items);
}

const mostItems = ({ commonSize }: PlanInputs): number => Math.min(MOST_ITEMS, commonSize);

/** The least number of items whose expected score is enough; undefined where none is. */
const reaching = (inputs: PlanInputs): number | undefined =>
  Array.from({ length: mostItems(inputs) }, (_, i) => i + 1).find(
    (count) => expectedScore(inputs, count) >= inputs.needed,
  );

/**
 * s to plan a batch with, and why in words. What a publication says is what hosts that adapt leave, often nothing:
 * where no batch would reach the score with that, more keys would be spent in vain, and the usual one is taken.
 */
export function plannedSurvival(
  inputs: Omit<PlanInputs, 'survival'>,
  said: number | undefined,
): { survival: number; why: string } {
  const usual = { survival: USUAL_SURVIVAL, why: `${percent(USUAL_SURVIVAL)} of marked answers expected` };
  if (said === undefined) return { ...usual, why: `${usual.why}: the publication does not say` };
  const isEnough =
    said > LEAST_SURVIVAL && said <= 1 && reaching({ ...inputs, share: 1, survival: said }) !== undefined;
  if (!isEnough) return { ...usual, why: `${usual.why}: no batch is enough for the publication’s ${percent(said)}` };
  return { survival: said, why: `${percent(said)} of marked answers expected, as the publication says` };
}

const percent = (share: number): string => `${Math.floor(100 * share + 1e-9)} %`;
