import { OmlError } from '@oml/protocol/error';
import type { AuditRecord, AuditRecords } from './audit-record.ts';
import type { CallRecords } from './call-record.ts';
import type { Weighed } from './evidence-weigh.ts';

/**
 * What anyone may see of audits. What probes ask is never shown; which calls were probes, only when the audit is over.
 */
export class AuditViews {
  private readonly records: AuditRecords;
  private readonly calls: CallRecords;

  constructor(records: AuditRecords, calls: CallRecords) {
    this.records = records;
    this.calls = calls;
  }

  list() {
    return this.records.list().map((audit) => ({ ...summaryOf(audit), steps: this.records.steps(audit.id) }));
  }

  /** Throws NOT_FOUND. */
  view(id: string) {
    const audit = this.records.find(id);
    if (!audit) throw new OmlError('NOT_FOUND', `There is no audit ${id}.`);
    const weighed = audit.facts['weighed'] as Weighed | null | undefined;
    const { outcomes: _, ...evidence } = weighed ?? { outcomes: [] };
    return {
      ...summaryOf(audit),
      steps: this.records.steps(id),
      probes: this.callsOf(audit),
      evidence: weighed ? evidence : null,
    };
  }

  private callsOf({ id, state, facts }: AuditRecord) {
    const { outcomes } = (facts['weighed'] as Weighed | null | undefined) ?? {};
    return this.calls.list(id).map((call) => {
      const { round, i, receipt, error } = call;
      const shown = { i, round, state: call.state, ...(error ? { error } : {}) };
      if (!receipt) return shown;
      const { paymentRef, amount, answeredAt } = receipt.receipt;
      const isLastRound = round === (facts['round'] ?? 0);
      const told =
        state === 'running' || !isLastRound
          ? {}
          : { isProbe: call.probe !== null, ...(outcomes?.[i] ? { outcome: outcomes[i] } : {}) };
      return { ...shown, paymentRef, amount: String(amount), answeredAt: String(answeredAt), ...told };
    });
  }
}

function summaryOf({ id, kind, state, target, verdict, claimId, error }: AuditRecord) {
  const { kind: _, ...aim } = target;
  return {
    id,
    kind,
    state,
    target: aim,
    ...(claimId ? { claimId } : {}),
    ...(verdict ? { outcome: verdict } : {}),
    ...(error ? { error } : {}),
  };
}
