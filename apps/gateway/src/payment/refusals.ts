import type { OmlErrorCode } from '@oml/protocol/error';
import type { Unreadable } from './envelope.ts';

/** Every reason why a payment is not admitted, by its name within the gateway. */
export type No = Unreadable | 'not-eip3009' | Known | Against;

/** Against what this gateway wrote down of that payment. */
type Known = 'in-use' | 'other-request' | 'other-body' | 'nonce-taken' | 'refunded';

/** Against the terms or the chain. */
type Against =
  | 'unpaid'
  | 'network'
  | 'token'
  | 'payee'
  | 'expired'
  | 'early'
  | 'short'
  | 'over'
  | 'misfit'
  | 'unsigned'
  | 'wallet'
  | 'unfunded'
  | 'used'
  | 'unsettled';

interface Words {
  code: OmlErrorCode;
  says: string;
  /** How to go on. */
  next: string;
}

const ANEW = 'Ask without a payment, and sign what PAYMENT-REQUIRED then says, with an x402 v2 client.';
const AGAIN = 'Send the same request with the same payment in a moment: it is charged once.';
const OTHER = 'Sign another payment for this request.';

/** Nothing was taken, except under PAYMENT_UNSETTLED, where the chain may still take it. */
export const REFUSALS: Record<No, Words> = {
  'too-long': {
    code: 'PAYMENT_UNREADABLE',
    says: 'PAYMENT-SIGNATURE is longer than 12,000 characters, which no payment needs.',
    next: ANEW,
  },
  'not-base64': { code: 'PAYMENT_UNREADABLE', says: 'PAYMENT-SIGNATURE is not base64 of an x402 payload.', next: ANEW },
  'not-json': {
    code: 'PAYMENT_UNREADABLE',
    says: 'PAYMENT-SIGNATURE is not base64 of a JSON object in UTF-8.',
    next: ANEW,
  },
  incomplete: {
    code: 'PAYMENT_UNREADABLE',
    says: 'A member of the payment, which `at` names, is missing or not what x402 v2 has there.',
    next: ANEW,
  },
  version: {
    code: 'PAYMENT_VERSION',
    says: 'The payment is of another version of x402; this host speaks version 2 alone.',
    next: 'Use a client of x402 v2, which reads PAYMENT-REQUIRED and sends PAYMENT-SIGNATURE in place of X-PAYMENT.',
  },
  'odd-amount': {
    code: 'PAYMENT_AMOUNT',
    says: 'Amounts and times are text of decimal digits below 2^256: no sign, exponent, point, hex or leading zero.',
    next: 'Write the member that `at` names so, and sign that.',
  },
  'not-eip3009': {
    code: 'PAYMENT_INVALID',
    says: 'The payment is not an EIP-3009 authorization.',
    next: 'Sign TransferWithAuthorization of the token (scheme exact); no Permit2, no other scheme.',
  },
  'in-use': { code: 'PAYMENT_UNSETTLED', says: 'This payment is in use right now.', next: AGAIN },
  'other-request': {
    code: 'PAYMENT_USED',
    says: 'The payment was used before, for another request.',
    next: OTHER,
  },
  'other-body': {
    code: 'IDEMPOTENCY_CONFLICT',
    says: 'This request nonce was used with another body.',
    next: 'Send the first body again, or draw another nonce.',
  },
  'nonce-taken': {
    code: 'IDEMPOTENCY_CONFLICT',
    says: 'This client paid for another request under the same nonce before, or for this one with another payment.',
    next: 'Send the first payment again, or draw another nonce.',
  },
  refunded: {
    code: 'PAYMENT_USED',
    says: 'The answer to this payment failed, and the host pays it back.',
    next: OTHER,
  },
  unpaid: {
    code: 'PAYMENT_REQUIRED',
    says: 'This call costs money; PAYMENT-REQUIRED says how to pay.',
    next: 'Pay with an x402 v2 client, and send the same request with PAYMENT-SIGNATURE.',
  },
  network: {
    code: 'PAYMENT_NETWORK',
    says: 'The payment is for another network.',
    next: 'Switch to the network that `network` names, and sign there.',
  },
  token: {
    code: 'PAYMENT_TOKEN',
    says: 'The payment is in another token.',
    next: 'Sign for the token at the address in `token`, on this network.',
  },
  payee: {
    code: 'PAYMENT_INVALID',
    says: 'The payment is made out to somebody else than the vault of this license.',
    next: 'Sign with `to` as the address in `payTo`.',
  },
  expired: {
    code: 'PAYMENT_EXPIRED',
    says: 'The authorization is expired, or about to.',
    next: 'Look at your clock: `now` is the host’s, in Unix seconds. Then sign anew.',
  },
  early: {
    code: 'PAYMENT_EXPIRED',
    says: 'The authorization is not valid yet.',
    next: 'Look at your clock: `now` is the host’s, in Unix seconds. Then sign anew.',
  },
  short: { code: 'PAYMENT_SHORT', says: 'The payment is below the price.', next: 'Sign for `amount`.' },
  over: {
    code: 'PAYMENT_INVALID',
    says: 'The payment is above the price, and exact takes just that.',
    next: 'Sign for `amount`.',
  },
  misfit: { code: 'PAYMENT_INVALID', says: 'The payment does not fit what was asked for.', next: ANEW },
  unsigned: {
    code: 'PAYMENT_INVALID',
    says: 'The payment is not signed by the key of its payer (`from`): 65 bytes, v 27 or 28, low s.',
    next: 'Sign with the key of `from`. A contract wallet has none: pay from an account that has.',
  },
  wallet: {
    code: 'PAYMENT_WALLET',
    says: 'The signature is that of a contract wallet (EIP-1271 or EIP-6492), which the vault does not take.',
    next: 'Pay from an account with a key of its own, to which the wallet may send what it is to spend.',
  },
  unfunded: {
    code: 'PAYMENT_UNFUNDED',
    says: 'The payer holds less of the token than the payment says.',
    next: 'Send the payer as much of `token` on `network`; then the same payment is good until it expires.',
  },
  used: { code: 'PAYMENT_USED', says: 'The payment was used before.', next: OTHER },
  unsettled: { code: 'PAYMENT_UNSETTLED', says: 'The payment is not settled yet.', next: AGAIN },
};
