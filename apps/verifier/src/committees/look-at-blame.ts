import { BLAME_FINDING } from '@oml/protocol/chain/blame-state';
import { blameEvidenceSchema } from '@oml/protocol/wire/blame-evidence';
import type { DutyContext, Found } from './duty-context.ts';
import { evidenceBy } from './read-evidence.ts';
import { askShownEdition, type AskedEdition } from './shown-editions.ts';
import { fetchHits, type ShownHit } from './shown-hits.ts';

/** What a juror has found so far, one edition after another. */
export interface BlameFacts {
  asked: AskedEdition[];
}

/** What is not shown yet is looked for again. */
export interface NotYet {
  waitMs: number;
  note: string;
}

export interface BlameHearing {
  caseId: bigint;
  voteBy: bigint;
}

interface Visit {
  id: string;
  facts: BlameFacts;
  /** When it was first looked for what comes next (Unix ms). */
  since: number;
  signal: AbortSignal;
}

/**
 * Looks for itself whether the editions that a host was delivered answer what a claim of disguised use counts as hits:
 * asks one edition more at each visit, and says how to vote when all are asked. It is the host's burden to show them:
 * it has until a quarter of the time to vote is left.
 */
export async function lookAtBlame(
  context: DutyContext,
  { caseId, voteBy }: BlameHearing,
  { id, facts: { asked }, since, signal }: Visit,
): Promise<Found | BlameFacts | NotYet> {
  const { cases, blamedClaims, limits } = context;
  const [{ claimId, payer }, pointers, time] = await Promise.all([
    cases.blame(caseId),
    cases.blamePointers(caseId),
    hearingTime(context, voteBy),
  ]);
  const counted = await blamedClaims.hitsOf(claimId);
  const { fetchMs, isOver } = time;
  const [document] = await evidenceBy(payer, pointers, blameEvidenceSchema, {
    ...limits,
    timeoutMs: Math.min(limits.timeoutMs, fetchMs),
  });
  const url = document?.url.replace(/\/+$/, '');
  const tries = { timeoutMs: fetchMs, signal };
  const shown = url && (await fetchHits(context, { claimId, url, counted }, tries).catch(orStop(signal)));
  if ((!shown || shown.length < counted.length) && !isOver())
    return { ...time.later(since), note: 'the host does not show all hits yet' };
  if (!url || !shown) return weigh(counted.length, asked, 'the host does not show the hits');
  const left = [...byLicense(shown)].filter(([licenseId]) => !asked.some((each) => each.licenseId === licenseId));
  const effort = { id, fetchMs, runMs: () => time.runMs() / left.length, signal };
  for (const [licenseId, hits] of left) {
    if (!time.mayFetch()) break;
    const found = await askShownEdition(context, { claimId, url, licenseId, hits }, effort).catch(orStop(signal));
    if (found) return { asked: [...asked, found] };
  }
  if (left.length > 0 && !isOver())
    return { ...time.later(since), note: `the host does not show ${left.length} of its editions yet` };
  const missing = left.map(([licenseId, { length }]) => ({ licenseId, hits: length, repeated: {}, why: 'not shown' }));
  return weigh(counted.length, [...asked, ...missing]);
}

const MIN_WAIT_MS = 1_000;
const MOST_FETCH_MS = 30 * 60_000;

/**
 * How the time to vote is spent: three quarters until everything is shown, then what was begun is brought to its end,
 * an eighth before the vote must be made. By the chain's clock, which stands still between two looks.
 */
async function hearingTime({ court, committees }: DutyContext, voteBy: bigint) {
  const [{ rules }, now] = await Promise.all([court.values(), committees.now()]);
  const whole = Number(rules.voteWindow) * 1_000;
  const endsAt = Date.now() + Number(voteBy - now) * 1_000;
  const showMs = () => endsAt - whole / 4 - Date.now();
  const begunMs = Math.ceil(Math.max(showMs(), whole / 16));
  const begunAt = Date.now();
  return {
    /** For one thing. */
    fetchMs: Math.min(MOST_FETCH_MS, begunMs),
    mayFetch: () => Date.now() < begunAt + begunMs,
    isOver: () => showMs() <= 0,
    runMs(): number {
      const left = endsAt - Date.now();
      return Math.max(left / 2, left - whole / 8, 0);
    },
    /** Each time half as long again. */
    later(since: number): { waitMs: number } {
      const longer = Math.max(MIN_WAIT_MS, (Date.now() - since) / 2);
      return { waitMs: Math.round(Math.max(0, Math.min(longer, showMs()))) };
    },
  };
}

/** What a stranger's server does wrong is no reason to fail, and may pass. */
const orStop = (signal: AbortSignal) => (): undefined => {
  signal.throwIfAborted();
};

function byLicense(hits: readonly ShownHit[]): Map<bigint, ShownHit[]> {
  return Map.groupBy(hits, ({ receipt }) => receipt.licenseId);
}

/** What stands on chain stays small. */
const MOST_TOLD = 16;

/** Repeated: at least half of all hits, under one way to run them. */
function weigh(hits: number, asked: readonly AskedEdition[], note?: string): Found {
  const runs = new Set(asked.flatMap(({ repeated }) => Object.keys(repeated)));
  const repeated = Object.fromEntries(
    [...runs].map((run) => [run, asked.reduce((sum, each) => sum + (each.repeated[run] ?? 0), 0)]),
  );
  const isRepeated = Object.values(repeated).some((count) => 2 * count >= hits);
  const editions = asked
    .slice(0, MOST_TOLD)
    .map(({ licenseId, ...each }) => ({ licenseId: String(licenseId), ...each }));
  const evidence = { hits, repeated, editions, ...(note ? { note } : {}) };
  return { vote: isRepeated ? BLAME_FINDING.REPEATED : BLAME_FINDING.NOT_REPEATED, evidence };
}
