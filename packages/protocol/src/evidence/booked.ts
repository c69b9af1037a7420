import { zeroHash } from 'viem';
import type { Receipt } from '../signed/receipt.ts';

/**
 * Is a use booked, the only meaning of "paid": at least the floor price, for this client, up to this total (protocol
 * §5, `Booked` in Solidity)? `total` is what the license's vault says: `booked(paymentRef, client)`. A receipt whose
 * total leaves out its own charge is never booked; a vault without code has booked nothing: give 0.
 */
export function isReceiptBooked(
  { paymentRef, amount, cumulative }: Pick<Receipt, 'paymentRef' | 'amount' | 'cumulative'>,
  total: bigint,
  floorPrice: bigint,
): boolean {
  if (paymentRef === zeroHash || cumulative === 0n) return false;
  return amount >= floorPrice && amount <= cumulative && total >= cumulative;
}
