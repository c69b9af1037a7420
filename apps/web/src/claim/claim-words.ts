import { explainRevert } from '@oml/protocol/chain/revert-words';
import type { OffenceName } from '@oml/protocol/chain/claim-state';
import { dollars } from '@oml/ui/dollars';
import { shortHex } from '@oml/ui/short-hex';
import type { TermOfArt } from '@oml/ui/terms-of-art';
import type { ListedClaim, ShownClaim, ShownRefusal } from './shown-claim.ts';

export const OFFENCE_WORDS: Record<OffenceName, string> = {
  'unpaid-use': 'Unpaid use',
  'disguised-use': 'Disguised use',
  equivocation: 'Equivocation',
};
export const OFFENCE_TERMS: Record<OffenceName, TermOfArt> = {
  'unpaid-use': 'unpaid use',
  'disguised-use': 'disguised use',
  equivocation: 'equivocation',
};

/** What a claim is called: its id is a digest. */
export const claimName = ({ claimId }: Pick<ShownClaim, 'claimId'>): string => `Claim ${shortHex(claimId)}`;

/** How a claim ended, or what it waits for, in one sentence with the money in it. */
export function claimOutcome(claim: ListedClaim): string {
  switch (claim.state) {
    case 'proving':
      return `${claim.itemsProven} of ${claim.itemCount} items are shown; their score is ${claim.score} of ${claim.needed}.`;
    case 'contested':
      return `Up to ${dollars(claim.reach)} of the bond are within its reach until the window ends.`;
    case 'slashed':
      return `${dollars(claim.taken)} were taken from the bond, ${dollars(claim.burned)} of them burned.`;
    case 'paid-late':
      return `The use was booked only after the claim was committed; the late fee was ${dollars(claim.taken)}.`;
    case 'blamed':
      return `The host blames the editions that it was delivered; up to ${dollars(claim.reach)} wait for the verdict.`;
    case 'excused':
      return `The host was delivered a bait: title bonds paid ${dollars(claim.fromTitles)}, the host’s bond ${dollars(claim.taken)}.`;
    case 'lapsed':
      return `The claim was never admitted; the claimant’s bond of ${dollars(claim.bond)} burned, the host lost nothing.`;
  }
}

/** Why the court refused, in one sentence. */
export const refusalWords = (claim: ShownRefusal): string => explainRevert(claim.errorName, claim.errorArgs).sentence;

const WHILE_OPEN: Record<OffenceName, string> = {
  'unpaid-use':
    'Anyone can book the contested payments in the vault, the host first of all; that turns a slash into a late fee.',
  'disguised-use':
    'Nothing clears a hit. A host whose hits all name licenses of its own, booked, may blame the editions that it was delivered.',
  equivocation: 'Nobody can answer: booking does not cure two receipts on the same money.',
};

/** Who can do what about a claim right now. */
export function whoCanAct(claim: ShownClaim, now: Date): string {
  if (claim.state === 'proving')
    return 'The claimant submits the next items; with the last one the court admits the claim.';
  if (claim.state !== 'contested') return 'The claim is decided. Nobody can act on it.';
  if (claim.answerBy && claim.answerBy > now) {
    return WHILE_OPEN[claim.offence];
  }
  return 'The window is over. Anyone can finalise the claim.';
}
