import type { Store } from '@oml/service/store';
import type { Hex } from 'viem';
import type { AuditRequestJson } from './audit-request.ts';

export type Verdict = 'paid' | 'paid-late' | 'slashed' | 'cleared' | 'lapsed' | 'inconclusive';

export interface AuditRecord {
  id: string;
  kind: AuditRequestJson['kind'];
  target: AuditRequestJson;
  state: 'running' | 'done' | 'failed';
  /** What to do next, and since when that was tried (Unix ms). */
  step: string;
  stepSince: number;
  /** What finished steps found out; JSON values only, integers as decimal strings. */
  facts: Record<string, unknown>;
  verdict: Verdict | null;
  claimId: string | null;
  error: { code: string; message: string } | null;
}

export interface StepRecord {
  name: string;
  at: string;
  tx?: Hex;
  note?: string;
}

/** How a step went: on to the next, again later, or the end. */
export type StepResult =
  | { next: string; facts?: Record<string, unknown>; tx?: Hex | undefined; note?: string; claimId?: string }
  | { waitMs: number; note?: string }
  | { verdict: Verdict; facts?: Record<string, unknown>; tx?: Hex | undefined; note?: string }
  | { failure: { code: string; message: string }; tx?: Hex | undefined; note?: string };

interface Row {
  id: string;
  kind: AuditRecord['kind'];
  target: string;
  state: AuditRecord['state'];
  step: string;
  step_since: number;
  facts: string;
  verdict: Verdict | null;
  claim_id: string | null;
  error: string | null;
}

/** Audits in the store; every change is one transaction. */
export class AuditRecords {
  readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  add(id: string, target: AuditRequestJson, firstStep: string): void {
    const now = Date.now();
    this.store.db
      .prepare(
        "INSERT INTO audits (id, kind, target, state, step, step_since, created_at) VALUES (?, ?, ?, 'running', ?, ?, ?)",
      )
      .run(id, target.kind, JSON.stringify(target), firstStep, now, now);
  }

  find(id: string): AuditRecord | undefined {
    const row = this.store.db.prepare('SELECT * FROM audits WHERE id = ?').get(id) as unknown as Row | undefined;
    return row && read(row);
  }

  /** Newest first. */
  list(limit = 100): AuditRecord[] {
    return (
      this.store.db
        .prepare('SELECT * FROM audits ORDER BY created_at DESC, rowid DESC LIMIT ?')
        .all(limit) as unknown as Row[]
    ).map(read);
  }

  /** Running audits whose wait is over. */
  due(): string[] {
    return (
      this.store.db.prepare("SELECT id FROM audits WHERE state = 'running' AND wait_until <= ?").all(Date.now()) as {
        id: string;
      }[]
    ).map(({ id }) => id);
  }

  isRunning(target: AuditRequestJson): boolean {
    return (
      this.store.db
        .prepare("SELECT 1 FROM audits WHERE state = 'running' AND target = ?")
        .get(JSON.stringify(target)) !== undefined
    );
  }

  steps(id: string): StepRecord[] {
    const rows = this.store.db
      .prepare('SELECT name, at, tx, note FROM steps WHERE audit_id = ? ORDER BY seq')
      .all(id) as { name: string; at: number; tx: Hex | null; note: string | null }[];
    return rows.map(({ name, at, tx, note }) => ({
      name,
      at: new Date(at).toISOString(),
      ...(tx ? { tx } : {}),
      ...(note ? { note } : {}),
    }));
  }

  /** Ends a step: what it found and sent and where the audit goes next stand together or not at all. */
  apply(id: string, name: string, result: StepResult): void {
    const { db } = this.store;
    this.store.transaction(() => {
      if ('waitMs' in result) {
        db.prepare('UPDATE audits SET wait_until = ? WHERE id = ?').run(Date.now() + result.waitMs, id);
        if (result.note !== undefined) this.note(id, name, result.note, null);
        return;
      }
      this.note(id, name, result.note ?? null, result.tx ?? null);
      if ('failure' in result) {
        db.prepare("UPDATE audits SET state = 'failed', error = ? WHERE id = ?").run(
          JSON.stringify(result.failure),
          id,
        );
        return;
      }
      const facts = JSON.stringify({ ...this.find(id)!.facts, ...result.facts });
      if ('verdict' in result) {
        db.prepare("UPDATE audits SET state = 'done', verdict = ?, facts = ? WHERE id = ?").run(
          result.verdict,
          facts,
          id,
        );
        return;
      }
      db.prepare(
        'UPDATE audits SET step = ?, step_since = ?, facts = ?, claim_id = coalesce(?, claim_id), wait_until = 0 WHERE id = ?',
      ).run(result.next, Date.now(), facts, result.claimId ?? null, id);
    });
  }

  /** One line per visit of a step: a step that waits rewrites its own line. */
  note(id: string, name: string, note: string | null, tx: Hex | null): void {
    const { db } = this.store;
    const last = db.prepare('SELECT seq, name, tx FROM steps WHERE audit_id = ? ORDER BY seq DESC LIMIT 1').get(id) as
      { seq: number; name: string; tx: string | null } | undefined;
    if (last?.name === name && last.tx === null)
      db.prepare('UPDATE steps SET at = ?, tx = ?, note = coalesce(?, note) WHERE audit_id = ? AND seq = ?').run(
        Date.now(),
        tx,
        note,
        id,
        last.seq,
      );
    else
      db.prepare('INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?)').run(
        id,
        (last?.seq ?? 0) + 1,
        name,
        Date.now(),
        tx,
        note,
      );
  }
}

function read({ step_since: stepSince, claim_id: claimId, ...row }: Row): AuditRecord {
  const { id, kind, state, step, verdict } = row;
  return {
    id,
    kind,
    state,
    step,
    verdict,
    stepSince,
    claimId,
    target: JSON.parse(row.target),
    facts: JSON.parse(row.facts),
    error: row.error === null ? null : JSON.parse(row.error),
  };
}
