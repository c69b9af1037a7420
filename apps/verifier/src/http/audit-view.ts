import type { Runs } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import type { CallRecord, CallRecords } from '../programs/call-record.ts';
import { disguise } from '../programs/disguise.ts';
import type { AuditContext, DisguiseOrder } from '../programs/audit-context.ts';
import type { Weighed } from '../programs/evidence-weigh.ts';
import { paidUse } from '../programs/paid-use.ts';
import { disguiseShown, receiptsShown } from '../programs/shown-evidence.ts';

const PROGRAMS = [paidUse, disguise] as const;

/** Who looks: anyone sees audits that are over; their operator sees all of them, and each call. */
export type Viewer = 'anyone' | 'operator';

/**
 * What may be seen of audits. What probes ask is never shown, and which payments bought probes to the operator alone,
 * but for the hits of a claim that the court was shown all of: a host would know its requests by them.
 */
export type AuditViews = ReturnType<typeof auditViews>;

export function auditViews(runs: Runs, calls: CallRecords, context: AuditContext) {
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

    /**
     * What was found, for anybody to check again with `oml evidence check`: the operator sees it as soon as it is
     * weighed, others once the court saw all of it. Throws NOT_FOUND where nothing was, or this viewer is not to know.
     */
    async evidence(id: string, viewer: Viewer) {
      const audit = await find(id);
      const isPublic = COURT_SAW.includes(audit?.outcome ?? '');
      if (!audit || (viewer === 'anyone' && !isPublic)) throw nothingFound(id);
      const { facts } = audit.at;
      if ('accused' in facts) return receiptsShown(context, facts.accused);
      if (!('weighed' in facts) || facts.weighed?.verdict !== 'match') throw nothingFound(id);
      const { subject } = audit as { subject: DisguiseOrder };
      return disguiseShown(context, { id, subject, facts: { ...facts, weighed: facts.weighed } });
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

/** Of what ended so, everything that was found stands on chain. */
const COURT_SAW: readonly string[] = ['paid-late', 'slashed', 'excused'] satisfies AuditOutcome[];
const nothingFound = (id: string) => new OmlError('NOT_FOUND', `Audit ${id} found nothing that could be shown.`);

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
