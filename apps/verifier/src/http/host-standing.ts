import type { Runs } from '@oml/program/runs';
import type { AuditOutcome, HostStanding } from '@oml/protocol/wire/audit';
import type { Address } from 'viem';
import { disguiseRequest } from '../programs/audit-context.ts';
import { disguise } from '../programs/disguise.ts';
import { paidUse } from '../programs/paid-use.ts';

const DAY_MS = 86_400_000;
/** What was found longer ago says nothing any more. */
export const WINDOW_DAYS = 30;
/** Fewer audits mark nobody, for good or ill: an outage is not a habit. */
const LEAST_AUDITS = 3;
const LEAST_FOUND = 2;

/** An audit that is over. */
export interface EndedAudit {
  account: Address;
  outcome: AuditOutcome;
  /** Unix ms. */
  at: number;
}

/**
 * What the audits of the window say of each host, those that found nothing with the others; with `since` (Unix ms) only
 * of hosts of which an audit ended then or later, so that whoever asks again hears what is new.
 */
export function standingsOf(audits: readonly EndedAudit[], now: number, since = 0): HostStanding[] {
  const recent = audits.filter(({ at }) => at > now - WINDOW_DAYS * DAY_MS);
  const byHost = Map.groupBy(recent, ({ account }) => account);
  return [...byHost]
    .filter(([, own]) => own.some(({ at }) => at >= since))
    .map(([account, own]) => standingOf(account, own));
}

function standingOf(account: Address, audits: readonly EndedAudit[]): HostStanding {
  const count = (...outcomes: AuditOutcome[]) => audits.filter(({ outcome }) => outcomes.includes(outcome)).length;
  // The others say nothing: an inconclusive one is no acquittal, and who was excused was planted what it served.
  const said = audits.filter(({ outcome }) => SAYING.has(outcome)).toSorted((a, b) => b.at - a.at);
  const found = count('paid-late', 'slashed');
  const figures = {
    account,
    audits: audits.length,
    paid: count('paid'),
    paidLate: count('paid-late'),
    slashed: count('slashed'),
    lastAuditAt: new Date(Math.max(...audits.map(({ at }) => at))).toISOString(),
  };
  const deciding = said[LEAST_AUDITS - 1];
  const standing = deciding && (found === 0 ? 'pays' : found >= LEAST_FOUND ? 'owes' : undefined);
  if (!standing) return { ...figures, standing: 'unknown' };
  return { ...figures, standing, lapsesAt: new Date(deciding.at + WINDOW_DAYS * DAY_MS).toISOString() };
}

const SAYING: ReadonlySet<AuditOutcome> = new Set(['paid', 'paid-late', 'slashed']);

/** Every audit of a host that is over. */
export async function endedAudits(runs: Runs): Promise<EndedAudit[]> {
  const audits = await runs.list([paidUse, disguise]);
  return audits.flatMap(({ outcome, subject, at: { facts }, stepSince }) => {
    const account = 'account' in facts ? facts.account : accusedBy(subject);
    return outcome && account ? [{ account, outcome, at: stepSince }] : [];
  });
}

const accusedBy = (subject: unknown): Address | undefined => disguiseRequest.safeParse(subject).data?.account;
