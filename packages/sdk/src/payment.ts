import type { Address, Hex } from 'viem';
import type { ChannelPayment } from './channel/payment.ts';
import type { ExactPayment } from './exact-payment.ts';

/** A payment that was signed, by its one authorization or out of a channel. */
export type Payment = ExactPayment | ChannelPayment;

/** What a receipt must say of a payment (protocol §5). */
export interface Bill {
  client: Address;
  payTo: Address;
  paymentRef: Hex;
  amount: bigint;
  cumulative: bigint;
  /** Out of a channel these are what was allowed: the host may charge less. */
  mayBeLess: boolean;
}

export function billOf(payment: Payment): Bill {
  const { paymentRef } = payment;
  if ('channel' in payment) {
    const { channel, amount, cumulative } = payment;
    const { payerAuthorizer: client, receiver: payTo } = channel;
    return { client, payTo, paymentRef, amount, cumulative, mayBeLess: true };
  }
  const { from, to, value } = payment.authorization;
  return { client: from, payTo: to, paymentRef, amount: value, cumulative: value, mayBeLess: false };
}
