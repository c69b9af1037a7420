import { openContests } from '../../apps/gateway/src/court/contests.ts';
import { unbookedPayments } from '../../apps/gateway/src/payment/ledger.ts';
import { bookPayment, type BookDue } from '../../apps/gateway/src/vault/book.ts';

/** Books a payment only when it is contested: the habit of the story's tardy host, which pays the late fee for it. */
export const bookContested: BookDue = async (booking) => {
  const contests = await openContests(booking.store);
  const contested = new Set(contests.map(({ receipt }) => receipt.paymentRef));
  for (const payment of await unbookedPayments(booking.store))
    if (contested.has(payment.paymentRef)) await bookPayment(booking, payment);
};
