import type { Runs } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import type { CallRecord, CallRecords } from '../programs/call-record.ts';
import { disguise } from '../programs/disguise.ts';
import type { Weighed } from '../programs/evidence-weigh.ts';
import { paidUse } from '../programs/paid-use.ts';

const PROGRAMS = [paidUse, disguise] as const;

/**
 * What anyone may see of audits. What probes ask is never shown; which calls were probes, only when the audit is over.
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
    list: async () => Promise.all((await runs.list(PROGRAMS)).map(summaryOf)),

    /** Throws NOT_FOUND. */
    async view(id: string) {
      const audit = await find(id);
      if (!audit) throw new OmlError('NOT_FOUND', `There is no audit ${id}.`);
      const { facts } = audit.at;
      const weighed = 'weighed' in facts ? facts.weighed : null;
      const round = 'round' in facts ? facts.round : 0;
      const tell = (call: CallRecord) => audit.state !== 'running' && call.round === round;
      return {
        ...(await summaryOf(audit)),
        probes: (await calls.list(id)).map((call) => viewOf(call, weighed, tell(call))),
        evidence: weighed && evidenceOf(weighed),
      };
    },
  };
}

const evidenceOf = ({ verdict, hits, score, needed, items }: Weighed) => ({ verdict, hits, score, needed, items });

function viewOf({ i, round, state, error, receipt, probe }: CallRecord, weighed: Weighed | null, isTold: boolean) {
  const shown = { i, round, state, ...(error ? { error } : {}) };
  if (!receipt) return shown;
  const { paymentRef, amount, answeredAt } = receipt.receipt;
  const result = weighed?.results[i];
  const told = isTold ? { isProbe: probe !== null, ...(result ? { result } : {}) } : {};
  return { ...shown, paymentRef, amount: String(amount), answeredAt: String(answeredAt), ...told };
}
