/** Where a blame stands, in the order of the contract's enum (`BlameState`). */
export const BLAME_STATES = ['none', 'heard', 'decided', 'appealed', 'ruled', 'closed'] as const;
export type BlameStateName = Exclude<(typeof BLAME_STATES)[number], 'none'>;

/** Numbers that `blameOf(id).state` may take. */
export const BLAME_STATE = { NONE: 0, HEARD: 1, DECIDED: 2, APPEALED: 3, RULED: 4, CLOSED: 5 } as const;

/** What a juror says of a blame, in the order of the contract's enum (`Finding`); the first is none. */
export const BLAME_FINDINGS = ['none', 'not-repeated', 'repeated'] as const;
export type BlameFinding = Exclude<(typeof BLAME_FINDINGS)[number], 'none'>;

/** Numbers of the findings: a juror's vote is one of them, and never NONE. */
export const BLAME_FINDING = { NONE: 0, NOT_REPEATED: 1, REPEATED: 2 } as const;
