import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import type { GatewayStore } from '../store.ts';
import { dropPayment, settlePayment, unsettledPayments, type Payment } from './ledger.ts';
import { findSettledTransfer, isDead } from './settled-transfer.ts';

/** In-flight settlements are over long before this. */
const ABANDONED_MS = 180_000;

export interface Reconciling {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  /** Whose broadcast of a payment is credited; anybody's if not named. */
  creditOnly: Address | undefined;
  /** Blocks after which a payment counts as final. */
  settleDepth: number;
}

/** Is another gateway on the same store settling this payment right now? */
export const isHeldElsewhere = ({ holder, state, openedAt }: Payment, us: Address): boolean =>
  state === 'settling' && holder !== null && holder !== us && openedAt > Date.now() - ABANDONED_MS;

/** What became of a payment that was left in the middle. */
export type Reconciled = 'settled' | 'forgotten' | 'not-final' | 'not-seen';

/**
 * Asks the chain what became of a payment that was left in the middle. It is forgotten only where its money can't come
 * any more: what one node does not show may be on its way, or shown by the next. Whether a settled one is booked, too,
 * is looked up in every round.
 */
export async function reconcile(
  { chain, store, creditOnly, settleDepth }: Reconciling,
  { paymentRef, authorization, holder }: Payment,
): Promise<Reconciled> {
  const by = creditOnly && (holder ?? creditOnly);
  const found = await findSettledTransfer(chain, authorization, { by, settleDepth });
  if (!found) {
    if (!(await isDead(chain, authorization, settleDepth))) return 'not-seen';
  } else if (!('isForeign' in found)) {
    if (!found.isFinal) return 'not-final';
    await settlePayment(store, paymentRef, found.tx);
    return 'settled';
  }
  await dropPayment(store, paymentRef);
  return 'forgotten';
}

/**
 * Reconciles payments whose client never came back, so that their nonces are free again and what was paid is booked.
 */
export async function reconcileAbandoned(reconciling: Reconciling): Promise<void> {
  for (const payment of await unsettledPayments(reconciling.store, Date.now() - ABANDONED_MS))
    await reconcile(reconciling, payment);
}
