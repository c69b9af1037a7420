import type { ClaimRow, OffenceName, RefusedClaimRow } from '@oml/db/rows';
import { dollars } from '@oml/ui/dollars';
import { explainRevert } from '../wallet/revert-words.ts';

export const OFFENCE_WORDS: Record<OffenceName, string> = { 'unpaid-use': 'Unpaid use', 'disguised-use': 'Disguised use' };

/** How a claim ended, or what it waits for, in one sentence with the money in it. */
export function claimOutcome(claim: ClaimRow): string {
  switch (claim.state) {
    case 'proving':
      return `${claim.itemsProven} items are shown; the score is ${claim.score}.`;
    case 'contested':
      return `${dollars(claim.reserved)} of the bond are set aside until the window ends.`;
    case 'slashed':
      return `${dollars(claim.taken)} were taken from the bond, ${dollars(claim.burned)} of them burned.`;
    case 'paid-late':
      return `The uses were booked when contested; the late fee was ${dollars(claim.taken)}.`;
    case 'cleared':
      return `The uses turned out paid; the claimant lost its bond of ${dollars(claim.bond)} to the host.`;
    case 'lapsed':
      return 'The claim was never admitted; the host lost nothing.';
  }
}

/** Why the court refused, in one sentence. */
export const refusalWords = (claim: RefusedClaimRow): string => explainRevert(claim.errorName, claim.errorArgs).sentence;

/** Who can do what about a claim right now. */
export function whoCanAct(claim: ClaimRow, now: Date): string {
  if (claim.state === 'proving') return 'The claimant can submit the next items. The host has nothing to answer yet.';
  if (claim.state !== 'contested') return 'The claim is decided. Nobody can act on it.';
  if (claim.answerBy && claim.answerBy > now) {
    return claim.offence === 'unpaid-use'
      ? 'Anyone can book the contested payments in the vault, the host first of all; that turns a slash into a late fee.'
      : 'Anyone can clear an item by naming the license under which it is booked.';
  }
  return 'The window is over. Anyone can finalise the claim.';
}
