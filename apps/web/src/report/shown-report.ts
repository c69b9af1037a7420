import type { ReportKind, ReportOutcome, ReportStateName } from '@oml/protocol/chain/report-state';
import type { ShownCommittee } from '#claim/shown-claim.ts';
import type { Address, Hex } from '#kit/hex.ts';

/** A report as pages show it; amounts in the token's smallest unit. */
export interface ShownReport {
  reportId: bigint;
  kind: ReportKind;
  state: ReportStateName;
  outcome: ReportOutcome;
  reporter: Address;
  /** Account of the license, or holder of the name; undefined: nobody knows. */
  accused?: Address;
  modelId?: bigint;
  licenseId?: bigint;
  endpoint?: string;
  bond: bigint;
  appealBy?: Date;
  toReporter: bigint;
  toOwner: bigint;
  toAccused: bigint;
  burned: bigint;
  filedAt: Date;
}

/** An event in the story of a report. */
export interface ReportEvent {
  name: string;
  tx: Hex;
  at: Date;
  args: Record<string, string>;
}

/** A report with everything that happened to it. */
export interface ReportStory extends ShownReport {
  committee?: ShownCommittee;
  timeline: ReportEvent[];
}
