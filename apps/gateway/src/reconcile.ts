import type { Chain } from '@oml/service/chain';
import type { Ledger, Payment } from './ledger.ts';
import { findSettledTransfer, isAuthorizationUsed } from './settled-transfer.ts';

/** In-flight settlements are over long before this. */
const ABANDONED_MS = 180_000;

type View = Pick<Chain, 'publicClient' | 'deployment'>;

/** Asks the chain what became of a payment that was left in the middle: settled, or forgotten so that it can be settled again. */
export async function reconcile(chain: View, ledger: Ledger, payment: Payment): Promise<void> {
  const used = await isAuthorizationUsed(chain, payment.authorization);
  const tx = used ? await findSettledTransfer(chain, payment.authorization) : undefined;
  if (tx) ledger.settle(payment.paymentRef, tx);
  else ledger.drop(payment.paymentRef);
}

/** Reconciles payments whose client never came back, so that their nonces are free again and what was paid is booked. */
export async function reconcileAbandoned(chain: View, ledger: Ledger): Promise<void> {
  for (const payment of ledger.settling(Date.now() - ABANDONED_MS)) await reconcile(chain, ledger, payment);
}
