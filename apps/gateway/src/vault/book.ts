import { revenueVaultAbi } from '@oml/contracts/abis';
import { isTotalBooked } from '@oml/protocol/evidence/booked';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { GasAccount } from '../payment/gas-account.ts';
import { markBooked, noteBooking, unbookedPayments, type Payment } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';
import { BOOK_EXACT_GAS, bookExactCall } from './book-exact.ts';

export interface Booking {
  chain: Pick<Chain, 'publicClient'>;
  gas: GasAccount;
  store: GatewayStore;
  /** Blocks after which a booking counts as final. */
  settleDepth: number;
  logger: Logger;
}

/** What one round does about the settled payments whose booking is not known to be final. */
export type BookDue = (booking: Booking) => Promise<void>;

/**
 * Looks every settled payment up in its vault's ledger, the contested ones first. Settling booked it already, unless
 * a stranger broadcast it or a rollback dropped it: then it is booked now.
 */
export const bookPayments: BookDue = async (booking) => {
  for (const payment of await duePayments(booking)) await bookPayment(booking, payment);
};

/** Those whose booking was not seen yet, or was seen long enough ago to be looked at for the last time. */
export async function duePayments({ chain, store, settleDepth }: Booking): Promise<Payment[]> {
  return unbookedPayments(store, (await chain.publicClient.getBlockNumber()) - BigInt(settleDepth));
}

/** Books one payment; what fails is tried again in the next round. */
export async function bookPayment(booking: Booking, payment: Payment): Promise<void> {
  const { chain, gas, store, logger } = booking;
  const { paymentRef, bookedBlock } = payment;
  try {
    if (!(await isBooked(chain, payment))) {
      if (bookedBlock !== null)
        logger.warn({ paymentRef, bookedBlock }, 'a rollback dropped a booking; it is sent again');
      const { blockNumber } = await gas.send(bookExactCall(payment), { gas: BOOK_EXACT_GAS });
      await noteBooking(store, paymentRef, blockNumber);
    } else if (bookedBlock === null) await noteBooking(store, paymentRef, await chain.publicClient.getBlockNumber());
    else await markBooked(store, paymentRef);
  } catch (error) {
    logger.warn({ err: error, paymentRef }, 'booking failed; it is tried again');
  }
}

async function isBooked(
  { publicClient }: Booking['chain'],
  { authorization: { from, to, value }, paymentRef }: Payment,
): Promise<boolean> {
  const vault = { address: to, abi: revenueVaultAbi } as const;
  const [client, total] = await publicClient.readContract({ ...vault, functionName: 'booked', args: [paymentRef] });
  return isTotalBooked({ client, total }, from, value);
}
