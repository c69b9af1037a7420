import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { getAddress, type Address, type Hex } from 'viem';
import type { NewPayment } from '../src/payment/ledger.ts';

export const TOKEN = getAddress(`0x${'1'.repeat(40)}`);
export const VAULT = getAddress(`0x${'a'.repeat(40)}`);
const CLIENT = getAddress(`0x${'b'.repeat(40)}`);
export const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;

/** A payment as it is written down: number `nonce` of its client, for the request of that number. */
export function paymentOf(nonce: number, requestNonce: number, from: Address = CLIENT): NewPayment {
  const authorization = { from, to: VAULT, value: 1_500n, validAfter: 0n, validBefore: 2n ** 64n, nonce: word(nonce) };
  return {
    paymentRef: exactPaymentRef(TOKEN, from, word(nonce)),
    network: 'eip155:31337',
    asset: TOKEN,
    authorization,
    signature: '0x11',
    requestNonce: word(requestNonce),
    requestHash: word(9),
    holder: null,
  };
}
