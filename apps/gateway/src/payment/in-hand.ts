import type { Address, Hex } from 'viem';
import type { GatewayStore } from '../store.ts';
import type { Charging } from './charging.ts';
import type { Payment } from './ledger.ts';
import { noteFailed, spendingOf } from './owed.ts';

/** What one use is charged; smallest unit. */
export interface Bill {
  /** Of this use. */
  amount: bigint;
  /** The payment's total with it. */
  cumulative: bigint;
}

/** A payment in hand, for one answer: what its receipt says of it (protocol §5). */
export interface InHand {
  /** Under which its answer is kept, once. */
  useRef: Hex;
  paymentRef: Hex;
  client: Address;
  /** Undefined: it follows from the payment's total. */
  requestNonce: Hex | undefined;
  /** What a use of this cost is charged: never more than was allowed. */
  billOf(cost: bigint): Bill;
  /** What is charged, where the answer does not decide that. */
  bill: Bill | undefined;
  /** Whether its answer may have been given before. */
  mayBeAnswered: boolean;
  /** What charges it, to be run together with what keeps its answer. */
  chargingOf(bill: Bill): Charging;
  /** Hears that this was done. */
  charged?(): void;
  /** Whether its money was taken before the answer. */
  isTaken: boolean;
  /** There is no answer: what was taken stays good for another one. */
  failed(): Promise<void>;
}

/** An `exact` payment pays for one use, and was taken when it settled. */
export const exactInHand = (
  store: GatewayStore,
  { paymentRef, authorization: { from, value }, requestNonce, requestHash }: Payment,
): InHand => ({
  useRef: paymentRef,
  paymentRef,
  client: from,
  requestNonce,
  billOf: () => ({ amount: value, cumulative: value }),
  bill: { amount: value, cumulative: value },
  mayBeAnswered: true,
  chargingOf: () => spendingOf(store, { paymentRef, requestHash }),
  isTaken: true,
  failed: () => noteFailed(store, { paymentRef, requestHash }),
});
