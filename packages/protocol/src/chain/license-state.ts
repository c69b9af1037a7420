/** Where a license stands, in the order of the contract's enum. */
export const LICENSE_STATES = [
  'none',
  'requested',
  'bonded',
  'delivered',
  'active',
  'suspended',
  'closing',
  'closed',
  'slashed',
] as const;
export type LicenseStateName = Exclude<(typeof LICENSE_STATES)[number], 'none'>;

/** Numbers that `license(id).state` may take. */
export const LICENSE_STATE = {
  NONE: 0,
  REQUESTED: 1,
  BONDED: 2,
  DELIVERED: 3,
  ACTIVE: 4,
  SUSPENDED: 5,
  CLOSING: 6,
  CLOSED: 7,
  SLASHED: 8,
} as const;

/** Why a license is suspended, in the order of the contract's enum. */
export const SUSPENSIONS = ['barred', 'lapsed', 'uncovered', 'outdated'] as const;
export type SuspensionName = (typeof SUSPENSIONS)[number];

/** States in which a license's uses are still sold and paid: an exit that was asked for ends none of its duties. */
export const isServing = (state: number): boolean => state === LICENSE_STATE.ACTIVE || state === LICENSE_STATE.CLOSING;
