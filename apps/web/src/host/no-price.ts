/** Why a host has no price to show. */
export const NO_PRICE = {
  unsafe: 'names no public address',
  silent: 'does not answer',
  'not-listed': 'does not list it',
} as const;
export type NoPrice = keyof typeof NO_PRICE;
