import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import type { Ledger, Payment } from './ledger.ts';
import { findSettledTransfer, isAuthorizationUsed } from './settled-transfer.ts';

/** In-flight settlements are over long before this. */
const ABANDONED_MS = 180_000;

export interface Reconciling {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  ledger: Ledger;
  /** Whose broadcast of a payment is credited; anybody's if not named. */
  creditOnly: Address | undefined;
}

/**
 * Asks the chain what became of a payment that was left in the middle: settled, or forgotten so that it can be settled
 * again.
 */
export async function reconcile({ chain, ledger, creditOnly }: Reconciling, payment: Payment): Promise<void> {
  const used = await isAuthorizationUsed(chain, payment.authorization);
  const tx = used ? await findSettledTransfer(chain, payment.authorization, { by: creditOnly }) : undefined;
  if (tx) ledger.settle(payment.paymentRef, tx);
  else ledger.drop(payment.paymentRef);
}

/**
 * Reconciles payments whose client never came back, so that their nonces are free again and what was paid is booked.
 */
export async function reconcileAbandoned(reconciling: Reconciling): Promise<void> {
  for (const payment of reconciling.ledger.settling(Date.now() - ABANDONED_MS)) await reconcile(reconciling, payment);
}
