import type { Runs } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import type { CallRecord, CallRecords } from '../programs/call-record.ts';
import { disguise } from '../programs/disguise.ts';
import type { Weighed } from '../programs/evidence-weigh.ts';
import { paidUse } from '../programs/paid-use.ts';

const PROGRAMS = [paidUse, disguise] as const;

/** Who looks: anyone sees audits that are over; their operator sees all of them, and each call. */
export type Viewer = 'anyone' | 'operator';

/**
 * What may be seen of audits. What probes ask is never shown, and which payments bought probes to the operator alone: a
 * host would know its requests by them.
 */
export type AuditViews = ReturnType<typeof auditViews>;

export function auditViews(runs: Runs, calls: CallRecords) {
  const find = async (id: string) => (await runs.find(paidUse, id)) ?? (await runs.find(disguise, id));
  type Audit = NonNullable<Awaited<ReturnType<typeof find>>>;

  async function summaryOf({ id, program, state, subject, at, outcome, error }: Audit) {
    const { kind: _, ...target } = subject;
    const [{ claimId }, steps] = await Promise.all([runs.keys(id), runs.steps(id)]);
    return {
      id,
      kind: program,
      state,
      target,
      ...(claimId ? { claimId } : {}),
      ...(claimId && 'accused' in at.facts ? { receipts: at.facts.accused.length } : {}),
      ...(outcome ? { outcome } : {}),
      ...(error ? { error } : {}),
      steps: steps.map(({ step, at, tx, note }) => ({
        name: step,
        at: new Date(at).toISOString(),
        ...(tx ? { tx } : {}),
        ...(note ? { note } : {}),
      })),
    };
  }

  return {
    /** Newest first. */
    async list(viewer: Viewer) {
      const audits = await runs.list(PROGRAMS);
      return Promise.all(audits.filter((audit) => isShown(audit, viewer)).map(summaryOf));
    },

    /** Throws NOT_FOUND, also for an audit that this viewer is not to know of. */
    async view(id: string, viewer: Viewer) {
      const audit = await find(id);
      if (!audit || !isShown(audit, viewer)) throw new OmlError('NOT_FOUND', `There is no audit ${id}.`);
      const { facts } = audit.at;
      const weighed = 'weighed' in facts ? facts.weighed : null;
      const round = 'round' in facts ? facts.round : 0;
      const shown = { ...(await summaryOf(audit)), evidence: weighed && evidenceOf(weighed) };
      if (viewer === 'anyone') return shown;
      const made = await calls.list(id);
      return { ...shown, probes: made.map((call) => viewOf(call, call.round === round ? weighed : null)) };
    },
  };
}

const evidenceOf = ({ verdict, hits, score, needed, items }: Weighed) => ({ verdict, hits, score, needed, items });

const isShown = ({ state }: { state: string }, viewer: Viewer): boolean => viewer === 'operator' || state !== 'running';

function viewOf({ i, round, state, error, receipt, probe }: CallRecord, weighed: Weighed | null) {
  const shown = { i, round, state, isProbe: probe !== null, ...(error ? { error } : {}) };
  if (!receipt) return shown;
  const { paymentRef, amount, answeredAt } = receipt.receipt;
  const result = weighed?.results[i];
  const told = result ? { result } : {};
  return { ...shown, paymentRef, amount: String(amount), answeredAt: String(answeredAt), ...told };
}
