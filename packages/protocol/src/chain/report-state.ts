/** What a report is about, in the order of the contract's enum. */
export const REPORT_KINDS = ['leak', 'name'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** Where a report stands, in the order of the contract's enum. */
export const REPORT_STATES = ['none', 'heard', 'decided', 'appealed', 'ruled', 'closed'] as const;
export type ReportStateName = Exclude<(typeof REPORT_STATES)[number], 'none'>;

/** Numbers that `report(id).state` may take. */
export const REPORT_STATE = { NONE: 0, HEARD: 1, DECIDED: 2, APPEALED: 3, RULED: 4, CLOSED: 5 } as const;

/** What becomes of a report, in the order of the contract's enum: also what a juror votes and an arbitrator rules. */
export const REPORT_OUTCOMES = ['undecided', 'dismissed', 'upheld', 'traced'] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** Numbers of the outcomes: a juror's vote is one of them, and never UNDECIDED. */
export const REPORT_OUTCOME = { UNDECIDED: 0, DISMISSED: 1, UPHELD: 2, TRACED: 3 } as const;

/** Where a committee stands, in the order of the contract's enum. */
export const COMMITTEE_STATES = ['none', 'drawing', 'voting', 'counted', 'unseated'] as const;
export type CommitteeStateName = Exclude<(typeof COMMITTEE_STATES)[number], 'none'>;

/** Numbers that `committee(id).state` may take. */
export const COMMITTEE_STATE = { NONE: 0, DRAWING: 1, VOTING: 2, COUNTED: 3, UNSEATED: 4 } as const;
