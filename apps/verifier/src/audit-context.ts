import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { SealingKeyPair } from '@oml/service/seal';
import type { AuditRecord, AuditRecords, StepResult } from './audit-record.ts';
import type { Batches } from './batches.ts';
import type { CallRecords } from './call-record.ts';
import type { Court } from './court.ts';
import type { Hosts } from './hosts.ts';
import type { PaidCalls } from './paid-calls.ts';
import type { Salts } from './salts.ts';

/** What the steps of an audit work with. */
export interface AuditContext {
  chain: Chain;
  sealing: SealingKeyPair;
  salts: Salts;
  records: AuditRecords;
  calls: CallRecords;
  paidCalls: PaidCalls;
  hosts: Hosts;
  batches: Batches;
  court: Court;
  logger: Logger;
}

/** Does one step of an audit, again from its start after a crash. */
export type Step = (context: AuditContext, audit: AuditRecord) => Promise<StepResult>;

export interface AuditProgram {
  first: string;
  steps: Record<string, Step>;
  /** Where to go when a step fails for good and money is still out; undefined where nothing is. */
  rescueOf(audit: AuditRecord): string | undefined;
}

/** Reads facts that earlier steps wrote. */
export const factsOf = <Facts>(audit: AuditRecord): Facts => audit.facts as Facts;
