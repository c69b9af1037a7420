import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import type { GatewayStore } from '../store.ts';
import { dropPayment, settlePayment, unsettledPayments, type Payment } from './ledger.ts';
import { findSettledTransfer, isAuthorizationUsed } from './settled-transfer.ts';

/** In-flight settlements are over long before this. */
const ABANDONED_MS = 180_000;

export interface Reconciling {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  /** Whose broadcast of a payment is credited; anybody's if not named. */
  creditOnly: Address | undefined;
}

/** Is another gateway on the same store settling this payment right now? */
export const isHeldElsewhere = ({ holder, state, openedAt }: Payment, us: Address): boolean =>
  state === 'settling' && holder !== null && holder !== us && openedAt > Date.now() - ABANDONED_MS;

/**
 * Asks the chain what became of a payment that was left in the middle: settled, or forgotten so that it can be settled
 * again.
 */
export async function reconcile({ chain, store, creditOnly }: Reconciling, payment: Payment): Promise<void> {
  const used = await isAuthorizationUsed(chain, payment.authorization);
  const by = creditOnly && (payment.holder ?? creditOnly);
  const tx = used ? await findSettledTransfer(chain, payment.authorization, { by }) : undefined;
  if (tx) await settlePayment(store, payment.paymentRef, tx);
  else await dropPayment(store, payment.paymentRef);
}

/**
 * Reconciles payments whose client never came back, so that their nonces are free again and what was paid is booked.
 */
export async function reconcileAbandoned(reconciling: Reconciling): Promise<void> {
  for (const payment of await unsettledPayments(reconciling.store, Date.now() - ABANDONED_MS))
    await reconcile(reconciling, payment);
}
