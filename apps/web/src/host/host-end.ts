import { dollars } from '@oml/ui/dollars';
import type { HostEnd, ShownAccount } from './shown-host.ts';
import type { ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';

/** A claim, or the sums over several that ended alike. */
type Ended = Pick<ShownClaim, 'state' | 'fromTitles' | 'taken'>;
/** A refusal, or several for the same reason. */
type Refused = Pick<ShownRefusal, 'errorName'> & { count?: number };

/** How a host stands after everything that was claimed against it; the worst end counts. */
export function hostEnd(
  account: Pick<ShownAccount, 'bond' | 'slashed' | 'lateFees'> | undefined,
  claims: readonly Ended[],
  refused: readonly Refused[],
): HostEnd {
  if (!account)
    return {
      word: 'No bond',
      tone: 'plain',
      sentence:
        'No bond of this address is known here, so nothing answers for its receipts. One that was posted just now shows once the index has read its block.',
    };
  const count = (state: ShownClaim['state']) => claims.filter((claim) => claim.state === state).length;
  if (account.slashed > 0n || count('slashed') > 0)
    return {
      word: 'Slashed',
      tone: 'slashed',
      sentence: `Slashed: ${dollars(account.slashed)} were taken from the bond for use that was never paid; ${dollars(account.bond)} remain.`,
    };
  if (count('contested') > 0)
    return {
      word: 'Contested',
      tone: 'risk',
      sentence: 'A claim against this host is open. Its uses can still be booked, which turns a slash into a late fee.',
    };
  if (count('blamed') > 0)
    return {
      word: 'Blames its edition',
      tone: 'risk',
      sentence: 'It says that an edition it was delivered answers another model’s keys by itself; a committee runs it.',
    };
  if (account.lateFees > 0n || count('paid-late') > 0)
    return {
      word: 'Paid late',
      tone: 'risk',
      sentence: `Paid late: it booked only when a claim contested the use, and the late fee was ${dollars(account.lateFees)}; ${dollars(account.bond)} of bond remain.`,
    };
  if (count('excused') > 0) return excusedEnd(claims);
  if (refused.length > 0) return refusedEnd(refused);
  if (account.bond === 0n)
    return { word: 'No bond', tone: 'plain', sentence: 'Nothing is at stake: clients refuse this host’s receipts.' };
  return {
    word: 'Nothing taken',
    tone: 'plain',
    sentence: 'Bond untouched; nobody has claimed anything against this host.',
  };
}

/** A committee found the fault with the model that it licensed. */
function excusedEnd(claims: readonly Ended[]): HostEnd {
  const excused = claims.filter(({ state }) => state === 'excused');
  const sum = (part: 'fromTitles' | 'taken') => excused.reduce((total, claim) => total + claim[part], 0n);
  const own = sum('taken');
  return {
    word: 'Excused',
    tone: own > 0n ? 'risk' : 'accent',
    sentence: `Excused: it was delivered a bait, whose title bond paid ${dollars(sum('fromTitles'))}; ${own > 0n ? `its own bond paid the ${dollars(own)} that were lacking` : 'its bond lost nothing'}.`,
  };
}

/** Anyone can have a claim refused, so a refusal changes no standing; where the uses were booked, that is said. */
function refusedEnd(refused: readonly Refused[]): HostEnd {
  const werePaid = refused.some(({ errorName }) => errorName === 'ClaimCourt_AlreadyBooked');
  const total = refused.reduce((sum, { count = 1 }) => sum + count, 0);
  const count = total === 1 ? 'a claim against it was' : `${total} claims against it were`;
  return {
    word: 'Nothing taken',
    tone: 'plain',
    sentence: `Bond untouched; ${count} refused by the court${werePaid ? ', because the uses were paid' : ''}.`,
  };
}
