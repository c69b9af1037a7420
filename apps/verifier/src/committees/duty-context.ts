import type { Beacon } from '@oml/service/beacon';
import type { BlamedClaims } from '../chain/blamed-claims.ts';
import type { CaseKind, Cases } from '../chain/cases.ts';
import type { Committees } from '../chain/committees.ts';
import type { AuditContext } from '../programs/audit-context.ts';

/** What the steps of a duty work with, beside what audits do. */
export interface DutyContext extends AuditContext {
  committees: Committees;
  cases: Cases;
  blamedClaims: BlamedClaims;
  beacon: Beacon;
  /** What this verifier sits on. */
  sitsOn: ReadonlySet<CaseKind>;
  /** Where an edition that a host shows is run, and with how much memory. */
  shown: { folder: string; maxBytes: number };
}

/** What a juror found: how it votes, and what it shows for it. No key is ever shown. */
export interface Found {
  vote: number;
  evidence: Record<string, unknown>;
}
