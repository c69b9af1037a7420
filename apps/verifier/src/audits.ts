import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Logger } from '@oml/service/logger';
import { randomUUID } from 'node:crypto';
import type { AuditContext, AuditProgram } from './audit-context.ts';
import type { AuditRecord, StepResult } from './audit-record.ts';
import { readAuditRequest, type AuditRequestJson } from './audit-request.ts';
import { disguise, nextRound } from './disguise.ts';
import { paidUse } from './paid-use.ts';

const PROGRAMS: Record<AuditRecord['kind'], AuditProgram> = { 'paid-use': paidUse, disguise };
const RETRY_MS = 2_000;
const STOP_MS = 7_000;
/** A step that keeps failing this long for reasons that might pass fails for good. */
const PATIENCE_MS = 10 * 60_000;

/** Drives audits: every step stands in the store before the next begins, so the process can die at any instruction. */
export class Audits {
  private readonly context: AuditContext;
  private readonly logger: Logger;
  private readonly running = new Map<string, Promise<void>>();
  private stopping = false;

  constructor(context: AuditContext, logger: Logger) {
    this.context = context;
    this.logger = logger;
  }

  /** Orders an audit. Throws REQUEST_INVALID. */
  order(body: unknown): { id: string } {
    const { kind } = readAuditRequest(body);
    const id = randomUUID();
    this.context.records.add(id, body as AuditRequestJson, PROGRAMS[kind].first);
    this.logger.info({ auditId: id, kind }, 'audit ordered');
    return { id };
  }

  /** Pushes every audit whose wait is over; returns at once, the work goes on. */
  kick(): void {
    for (const id of this.context.records.due()) {
      if (this.stopping || this.running.has(id)) continue;
      this.running.set(
        id,
        this.advance(id).finally(() => this.running.delete(id)),
      );
    }
  }

  /** Lets steps in progress end, for a while. False where some did not: they are done again after the next start. */
  async stop(): Promise<boolean> {
    this.stopping = true;
    this.context.paidCalls.stop();
    const ended = Promise.all(this.running.values()).then(() => true);
    return Promise.race([ended, new Promise<boolean>((resolve) => setTimeout(resolve, STOP_MS, false).unref())]);
  }

  /** Does steps of one audit until it ends or must wait. */
  async advance(id: string): Promise<void> {
    for (;;) {
      const audit = this.context.records.find(id);
      if (this.stopping || audit?.state !== 'running') return;
      const result = await this.step(audit);
      this.context.records.apply(id, audit.step, result);
      if ('waitMs' in result) return;
      this.logger.info({ auditId: id, step: audit.step, note: result.note, tx: result.tx }, 'audit step done');
    }
  }

  private async step(audit: AuditRecord): Promise<StepResult> {
    const program = PROGRAMS[audit.kind];
    try {
      return await program.steps[audit.step]!(this.context, audit);
    } catch (error) {
      return this.refused(program, audit, error);
    }
  }

  private refused(program: AuditProgram, audit: AuditRecord, error: unknown): StepResult {
    if (isOmlError(error) && error.code === 'BEACON_MISSED') return nextRound(audit);
    const known = isOmlError(error)
      ? error
      : new OmlError('INTERNAL', 'Something went wrong on this side. It was logged.', { cause: error });
    if (known.retryable && Date.now() - audit.stepSince < PATIENCE_MS) {
      this.logger.warn({ err: error, auditId: audit.id, step: audit.step }, 'audit step will be tried again');
      return { waitMs: RETRY_MS, note: known.message };
    }
    this.logger.error({ err: error, auditId: audit.id, step: audit.step }, 'audit step failed');
    const failure = { code: known.code, message: known.message };
    const rescue = program.rescueOf(audit);
    return rescue ? { next: rescue, facts: { failure }, note: known.message } : { failure, note: known.message };
  }
}
