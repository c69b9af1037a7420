/**
 * What a booking rests on, in the order of the contract's enum: an authorization used or cancelled before, one that the
 * vault used, a channel's claim.
 */
export const BOOKING_KINDS = ['none', 'exact-seen', 'exact', 'channel'] as const;
export type BookingKindName = Exclude<(typeof BOOKING_KINDS)[number], 'none'>;
