import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import { cureContests } from '../court/cure-contests.ts';
import { payContested } from '../court/pay-contested.ts';
import { watchContests } from '../court/watch-contests.ts';
import { reconcileAbandoned, type Reconciling } from '../payment/reconcile.ts';
import { collectDue, type Collecting } from './collect.ts';
import { bookPayments, type BookDue, type Booking } from './book.ts';
import { lookAtContested, noticeRollback } from './rollback.ts';

export interface Round extends Booking, Reconciling, Collecting {
  chain: Reconciling['chain'] & Pick<Chain, 'nodes'>;
  /** The host account that the receipts bind. */
  account: Address;
}

/**
 * One round of a host's duties: payments that were left in the middle are taken up again, what a rollback dropped is
 * due again, claims are noted, what settled is looked up in its vault's ledger and booked where it is missing while
 * what channels were charged is collected, what is contested and can't be booked is paid, and claims are cured.
 * Whatever is interrupted is picked up by the next round. Nothing in it waits for a block unless something is missing;
 * splitting does, vault by vault, and goes on beside it.
 */
export async function runRound(round: Round, bookDue: BookDue = bookPayments): Promise<void> {
  await reconcileAbandoned(round);
  await noticeRollback(round);
  await watchContests(round);
  await lookAtContested(round);
  const ended = await Promise.allSettled([bookDue(round), collectDue(round)]);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  await payContested(round);
  await cureContests(round);
}
