import { revenueVaultAbi } from '@oml/contracts/abis';
import { isTotalBooked } from '@oml/protocol/evidence/booked';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { GasAccount } from '../payment/gas-account.ts';
import { markBooked, unbookedPayments, type Payment } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';

export interface Booking {
  chain: Pick<Chain, 'publicClient'>;
  gas: GasAccount;
  store: GatewayStore;
  logger: Logger;
}

/** How the settled payments of one round are booked. */
export type BookDue = (booking: Booking) => Promise<void>;

/** Writes what settled into the vaults' ledgers, the contested payments first. */
export async function bookPayments(booking: Booking): Promise<void> {
  for (const payment of await unbookedPayments(booking.store)) await bookPayment(booking, payment);
}

/** Books one payment; what fails is tried again in the next round. */
export async function bookPayment({ chain, gas, store, logger }: Booking, payment: Payment): Promise<void> {
  const { paymentRef } = payment;
  try {
    await book(chain, gas, payment);
    await markBooked(store, paymentRef);
  } catch (error) {
    logger.warn({ err: error, paymentRef }, 'booking failed; it is tried again');
  }
}

/** Idempotent on chain, and read first so that what is booked already, by whomever, costs no gas. */
async function book(
  { publicClient }: Booking['chain'],
  gas: GasAccount,
  { authorization, signature, paymentRef }: Payment,
): Promise<void> {
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  const vault = { address: to, abi: revenueVaultAbi } as const;
  const [client, total] = await publicClient.readContract({ ...vault, functionName: 'booked', args: [paymentRef] });
  if (isTotalBooked({ client, total }, from, value)) return;
  await gas.send({
    ...vault,
    functionName: 'bookExact',
    args: [{ from, value, validAfter, validBefore, nonce }, signature],
  });
}
