import { formatDollars } from '../money.ts';
import type { NoticeJson } from './notice.ts';

/** A notice in words: a heading, what is the matter, what to do, and the page that shows it. */
export interface NoticeWords {
  title: string;
  text: string;
  next?: string;
  /** Of this site. */
  path: string;
}

const dollars = (amount: string): string => `$${formatDollars(BigInt(amount))}`;
/** Minutes, in UTC: whoever reads it may be anywhere. */
const timeOf = (at: string): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const by = ({ until }: NoticeJson): string => (until === undefined ? '' : ` by ${timeOf(until)}`);

/** Says a notice in the words of mails and pages. */
export function noticeWords(notice: NoticeJson): NoticeWords {
  switch (notice.kind) {
    case 'claim':
      return claimWords(notice);
    case 'claim-ended':
      return {
        title: `The claim over model ${notice.modelId} has ended: ${ENDINGS[notice.state] ?? notice.state}`,
        text: `${dollars(notice.taken)} were taken from the bond.`,
        path: `/claims/${notice.claimId}`,
      };
    case 'bond-low':
      return {
        title: 'Your bond is too low',
        text: `It is ${dollars(notice.bond)} without what is announced to leave, and your licenses reserve ${dollars(notice.reserved)}. Clients pay you nothing until it covers them.`,
        next: 'Post more bond, or close a license.',
        path: '/host',
      };
    case 'release-due':
      return {
        title: `Release ${notice.release} of model ${notice.modelId} waits for you`,
        text: `The edition for license ${notice.licenseId} was delivered and is not in use.`,
        next: `Take it up${by(notice)}; after that anyone may suspend the license.`,
        path: '/host',
      };
    case 'withdrawal-ready':
      return withdrawalWords(notice);
    case 'payout':
      return payoutWords(notice);
    case 'budget':
      return {
        title:
          notice.percent >= 100 ? 'Your budget of the month is spent' : `${notice.percent} % of your budget is spent`,
        text: `${dollars(notice.spent)} of ${dollars(notice.budget)} for ${notice.month}, by what vaults have booked; calls of the last hour may be missing.`,
        next: 'This site stops nothing: limits that stop calls are set where you pay from.',
        path: '/use',
      };
  }
}

type Of<Kind extends NoticeJson['kind']> = Extract<NoticeJson, { kind: Kind }>;

const OFFENCES: Record<Of<'claim'>['offence'], string> = {
  none: 'of an unknown kind',
  'unpaid-use': 'unpaid use',
  'disguised-use': 'disguised use',
  equivocation: 'charging the same money twice',
};

const ENDINGS: Partial<Record<Of<'claim-ended'>['state'], string>> = {
  slashed: 'slashed',
  'paid-late': 'paid late',
  lapsed: 'lapsed, you lost nothing',
  excused: 'you are excused',
};

function claimWords(notice: Of<'claim'>): NoticeWords {
  const next: Partial<Record<typeof notice.offence, string>> = {
    'unpaid-use': `Book what is missing${by(notice)}: a running gateway does it by itself.`,
    'disguised-use': `Nothing clears a hit. If the edition that you were delivered is to blame, say so${by(notice)}.`,
    equivocation: 'Nobody can answer it. Find out who has your signer key, and revoke it.',
  };
  return {
    title: `Claim against you: ${OFFENCES[notice.offence]}`,
    text: `It is about model ${notice.modelId}, and up to ${dollars(notice.reach)} of your bond are within its reach.`,
    ...(next[notice.offence] ? { next: next[notice.offence]! } : {}),
    path: `/claims/${notice.claimId}`,
  };
}

const ROOMS = { bond: ['bond', '/host'], stake: ['stake', '/verify'], title: ['title bond', '/own'] } as const;

function withdrawalWords(notice: Of<'withdrawal-ready'>): NoticeWords {
  const [name, path] = ROOMS[notice.of];
  const model = notice.modelId === undefined ? '' : ` of model ${notice.modelId}`;
  return {
    title: `${dollars(notice.amount)} of your ${name} are ready`,
    text: `What you asked back${model} may leave since ${timeOf(notice.at)}.`,
    next: `Take it${by(notice)}${notice.until === undefined ? '' : '; after that you ask anew'}.`,
    path,
  };
}

function payoutWords({ amount, credited, count, day }: Of<'payout'>): NoticeWords {
  const waits = BigInt(credited) > 0n;
  return {
    title: `${dollars(amount)} were paid out to you on ${day}`,
    text: `In ${count} ${count === 1 ? 'payment' : 'payments'} out of vaults (day in UTC).${waits ? ` The token refused ${dollars(credited)} more.` : ''}`,
    ...(waits ? { next: 'Withdraw what was refused once the token takes your address.' } : {}),
    path: '/own',
  };
}
