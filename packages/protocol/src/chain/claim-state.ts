/** Where a claim stands, in the order of the contract's enum (`ClaimState`). */
export const CLAIM_STATES = [
  'none',
  'proving',
  'contested',
  'slashed',
  'paid-late',
  'lapsed',
  'blamed',
  'excused',
] as const;
export type ClaimStateName = Exclude<(typeof CLAIM_STATES)[number], 'none'>;

/** Numbers that `claim(id).state` may take. */
export const CLAIM_STATE = {
  NONE: 0,
  PROVING: 1,
  CONTESTED: 2,
  SLASHED: 3,
  PAID_LATE: 4,
  LAPSED: 5,
  BLAMED: 6,
  EXCUSED: 7,
} as const;

/** Does the court still wait for something? Its bond is then within the court. */
export const isOpenClaim = (state: number): boolean => OPEN.includes(state);
const OPEN: readonly number[] = [CLAIM_STATE.PROVING, CLAIM_STATE.CONTESTED, CLAIM_STATE.BLAMED];

/** What a claim accuses of, in the order of the contract's enum (`Offence`). */
export const OFFENCES = ['none', 'unpaid-use', 'disguised-use', 'equivocation'] as const;
export type OffenceName = Exclude<(typeof OFFENCES)[number], 'none'>;

/** As `ClaimCourt` numbers them. */
export const OFFENCE = { unpaidUse: 1, disguisedUse: 2, equivocation: 3 } as const;
