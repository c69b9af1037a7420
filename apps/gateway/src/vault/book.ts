import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { GasAccount } from '../payment/gas-account.ts';
import { markBooked, noteBooking, unbookedPayments, type Payment } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';
import { BOOK_EXACT_GAS, bookExactCall } from './book-exact.ts';
import { shortfallOf, type DueTotal, type Purse } from './shortfall.ts';

export interface Booking {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  gas: GasAccount;
  store: GatewayStore;
  /** Blocks after which a booking counts as final. */
  settleDepth: number;
  purse: Purse;
  logger: Logger;
}

/** After so long a payer without the money is not waited for, however long its authorization is good. */
const PATIENCE_MS = 3_600_000;

/** So many are looked up in one request, and sent side by side. */
const AT_ONCE = 50;

/** What one round does about the settled payments whose booking is not known to be final. */
export type BookDue = (booking: Booking) => Promise<void>;

/**
 * Looks every settled payment up in its vault's ledger, the contested ones first. Settling booked it already, unless
 * a stranger broadcast it or a rollback dropped it: then it is booked now.
 */
export const bookPayments: BookDue = async (booking) => {
  const due = await duePayments(booking);
  for (let i = 0; i < due.length; i += AT_ONCE)
    await Promise.all(due.slice(i, i + AT_ONCE).map((payment) => bookPayment(booking, payment)));
};

/** Those whose booking was not seen yet, or was seen long enough ago to be looked at for the last time. */
export async function duePayments({ chain, store, settleDepth }: Booking): Promise<Payment[]> {
  return unbookedPayments(store, (await chain.publicClient.getBlockNumber()) - BigInt(settleDepth));
}

/**
 * Books one payment; what fails is tried again in the next round. What was answered and cannot be collected any more,
 * since a rollback dropped it and its payer has spent the money, is paid out of the host's own pocket.
 */
export async function bookPayment(booking: Booking, payment: Payment): Promise<void> {
  const { chain, gas, store, purse, logger } = booking;
  const { paymentRef, bookedBlock } = payment;
  try {
    if ((await shortfallOf(chain, dueTotalOf(payment))) > 0n) {
      if (bookedBlock !== null)
        logger.warn({ paymentRef, bookedBlock }, 'a rollback dropped a booking; it is sent again');
      const { blockNumber } = await gas.send(bookExactCall(payment), { gas: BOOK_EXACT_GAS });
      await noteBooking(store, paymentRef, blockNumber);
      return;
    }
    // Asked for after the booking was seen, which stands in a block up to this one.
    const head = await chain.publicClient.getBlockNumber();
    await (bookedBlock === null ? noteBooking : markBooked)(store, paymentRef, head);
  } catch (error) {
    logger.warn({ err: error, paymentRef }, 'booking failed; it is tried again');
    if (isRefused(error) && isLost(payment))
      await purse.pay(dueTotalOf(payment)).catch((err: unknown) => {
        logger.error({ err, paymentRef }, 'a shortfall could not be paid; it is tried again');
      });
  }
}

const isRefused = (error: unknown): boolean => isOmlError(error) && error.code === 'CHAIN_REVERTED';

const isLost = ({ authorization: { validBefore }, openedAt }: Payment): boolean =>
  Number(validBefore) * 1000 < Date.now() || openedAt < Date.now() - PATIENCE_MS;

const dueTotalOf = ({ paymentRef, authorization: { from, to, value } }: Payment): DueTotal => ({
  vault: to,
  paymentRef,
  client: from,
  total: value,
});
