import { isAddressEqual, zeroAddress, zeroHash, type Address } from 'viem';
import type { Receipt } from '../signed/receipt.ts';

/** What a vault's own ledger says of one payment: `booked(paymentRef)`. Client zero: nothing. */
export interface BookedTotal {
  client: Address;
  /** Of all uses that this payment has paid, in the token's smallest unit. */
  total: bigint;
}

/** Has the vault booked at least `total` of this client's payment? */
export function isTotalBooked(booked: BookedTotal, client: Address, total: bigint): boolean {
  return !isAddressEqual(booked.client, zeroAddress) && isAddressEqual(booked.client, client) && booked.total >= total;
}

/**
 * Is a use booked: at least the floor price, by this client, up to this total (protocol §5, `Booked` in Solidity)? The
 * only meaning of "paid". A vault without code has booked nothing: give `undefined`.
 */
export function isReceiptBooked(
  receipt: Pick<Receipt, 'paymentRef' | 'client' | 'amount' | 'cumulative'>,
  booked: BookedTotal | undefined,
  floorPrice: bigint,
): boolean {
  if (booked === undefined || receipt.paymentRef === zeroHash || receipt.amount < floorPrice) return false;
  return isTotalBooked(booked, receipt.client, receipt.cumulative);
}
