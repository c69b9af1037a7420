import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import type { Habits } from '../../apps/gateway/src/gateway.ts';
import { openContests } from '../../apps/gateway/src/court/contests.ts';
import { bookPayment, duePayments } from '../../apps/gateway/src/vault/book.ts';

/**
 * The habits of the story's tardy host: it settles by the token's plain transfer, as x402's own facilitator does, which
 * books nothing, and books a payment only when it is contested. It pays the late fee for it.
 */
export const tardy: Habits = {
  exact: (signer) => new ExactEvmScheme(signer, { simulateInSettle: true }),
  bookDue: async (booking) => {
    const contests = await openContests(booking.store);
    const contested = new Set(contests.flatMap(({ receipts }) => receipts.map(({ paymentRef }) => paymentRef)));
    for (const payment of await duePayments(booking))
      if (contested.has(payment.paymentRef)) await bookPayment(booking, payment);
  },
};
