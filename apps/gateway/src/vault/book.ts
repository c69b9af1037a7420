import { revenueVaultAbi } from '@oml/contracts/abis';
import type { Logger } from '@oml/service/logger';
import { createTicker, type Ticker } from '@oml/service/ticker';
import { isAddressEqual, type Address } from 'viem';
import { closeContests } from '../court/close-contests.ts';
import { watchContests } from '../court/watch-contests.ts';
import type { GasAccount } from '../payment/gas-account.ts';
import type { Payment } from '../payment/ledger.ts';
import { distribute } from './distribute.ts';
import { reconcileAbandoned, type Reconciling } from '../payment/reconcile.ts';

export interface Booking extends Reconciling {
  gas: GasAccount;
  /** The host account that the receipts bind. */
  account: Address;
  /** `when-contested`: a host that waits for a claim, and pays the late fee. */
  mode: 'prompt' | 'when-contested';
  logger: Logger;
}

const EVERY_MS = 1_000;

/**
 * Books settled payments into their vaults, distributes, and pays the host out. Whatever was interrupted is picked up
 * again.
 */
export function createBooker(booking: Booking): Ticker {
  return createTicker({ everyMs: EVERY_MS, run: () => bookDue(booking), logger: booking.logger });
}

/**
 * One round: contested payments at once and in any mode, the others as the mode says; then claims are answered, and
 * what was booked is split.
 */
export async function bookDue(booking: Booking): Promise<void> {
  const { chain, gas, ledger, account, mode, logger } = booking;
  await reconcileAbandoned(booking);
  await watchContests(chain, ledger, account, logger);
  for (const payment of ledger.unbooked(mode === 'when-contested')) {
    try {
      await book(chain, gas, payment);
      ledger.markBooked(payment.paymentRef);
    } catch (error) {
      logger.warn({ err: error, paymentRef: payment.paymentRef }, 'booking failed; it is tried again');
    }
  }
  await closeContests(booking);
  for (const vault of ledger.undistributed()) {
    await distribute(chain, gas, vault, logger);
    ledger.markDistributed(vault);
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
  if (isAddressEqual(client, from) && total >= value) return;
  await gas.send({
    ...vault,
    functionName: 'bookExact',
    args: [{ from, value, validAfter, validBefore, nonce }, signature],
  });
}
