import type { Address } from 'viem';
import { cureContests } from '../court/cure-contests.ts';
import { payContested } from '../court/pay-contested.ts';
import { watchContests } from '../court/watch-contests.ts';
import { reconcileAbandoned, type Reconciling } from '../payment/reconcile.ts';
import { collectDue, type Collecting } from './collect.ts';
import { bookPayments, type BookDue, type Booking } from './book.ts';
import { distributeBooked } from './distribute.ts';

export interface Round extends Booking, Reconciling, Collecting {
  chain: Reconciling['chain'];
  /** The host account that the receipts bind. */
  account: Address;
}

/**
 * One round of a host's duties: payments that were left in the middle are taken up again, claims are noted, what
 * settled is looked up in its vault's ledger and booked where it is missing, what channels were charged is collected,
 * what is contested and can't be booked is paid, claims are cured, and what was booked is split. Whatever is
 * interrupted is picked up by the next round.
 */
export async function runRound(round: Round, bookDue: BookDue = bookPayments): Promise<void> {
  await reconcileAbandoned(round);
  await watchContests(round);
  await bookDue(round);
  await collectDue(round);
  await payContested(round);
  await cureContests(round);
  await distributeBooked(round);
}
