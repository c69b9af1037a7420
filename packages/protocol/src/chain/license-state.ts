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

/** What keeps a license from being active, the foremost first, in the order of the contract's enum. */
export const SUSPENSIONS = [
  'none',
  'marked',
  'account',
  'barred',
  'claimed',
  'lapsed',
  'uncovered',
  'outdated',
] as const;
export type SuspensionName = Exclude<(typeof SUSPENSIONS)[number], 'none'>;

/** Of the number that `suspensionOf(id)` gives; undefined where nothing stands. */
export function suspensionName(reason: number): SuspensionName | undefined {
  const name = SUSPENSIONS[reason];
  return name === 'none' ? undefined : name;
}
