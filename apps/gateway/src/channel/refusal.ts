import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { NotRead } from '../payment/envelope.ts';
import { CHANNEL_REASONS, OWN_REASONS } from '../payment/x402-reasons.ts';
import type { Asked, Offer } from '../payment/terms.ts';
import type { Channel } from './ledger.ts';

/** Every reason why a voucher is not admitted, or a channel not refunded. */
export type VoucherRefusal =
  | { no: 'unreadable' | 'odd-amount'; at: string }
  | {
      no:
        | 'not-payment'
        | 'network'
        | 'unfunded'
        | 'unsigned'
        | 'unknown'
        | 'busy'
        | 'short'
        | 'leaving'
        | 'not-accepted'
        | 'nothing-left';
    }
  | { no: 'partial' | 'small-deposit' | 'needless-deposit' }
  /** `from`: the total from which on the channel has paid the gas of ending it. */
  | { no: 'refund-costs'; from: bigint }
  /** `reason` says in x402's words what does not fit the vault, or why the deposit was not taken. */
  | { no: 'misfit' | 'deposit' | 'unsettled'; reason: string }
  | { no: 'nonce-taken'; useRef: Hex }
  | { no: 'mismatch'; channel: Channel };

/** How to go on, where nothing better is known. */
const NEXT = 'Read PAYMENT-REQUIRED again and sign what it says, with an x402 v2 client that knows batch-settlement.';

/** Nothing was charged. A deposit that was taken lies in the channel. */
const REFUSALS: Record<VoucherRefusal['no'], { code: OmlErrorCode; says: string; reason: string; next?: string }> = {
  unreadable: {
    code: 'PAYMENT_UNREADABLE',
    says: 'The payment is neither a voucher, nor a deposit by EIP-3009, nor a refund; `at` says where it is not.',
    reason: CHANNEL_REASONS.payload,
  },
  'odd-amount': {
    code: 'PAYMENT_AMOUNT',
    says: 'Amounts and times are text of decimal digits below 2^128: no sign, exponent, point, hex or leading zero.',
    reason: CHANNEL_REASONS.payload,
    next: 'Write the member that `at` names so, and sign that.',
  },
  'not-payment': {
    code: 'PAYMENT_INVALID',
    says: 'A call is paid by a voucher or a deposit, and a GET refunded by a refund.',
    reason: CHANNEL_REASONS.payload,
  },
  network: {
    code: 'PAYMENT_NETWORK',
    says: 'The payment is for another network.',
    reason: OWN_REASONS.otherTerms,
    next: 'Switch to the network that `network` names, and open a channel there.',
  },
  unfunded: {
    code: 'PAYMENT_UNFUNDED',
    says: 'The payer holds less of the token than the deposit says.',
    reason: CHANNEL_REASONS.noMoney,
    next: 'Send the payer as much of `token` on `network`; then the same deposit is good until it expires.',
  },
  misfit: {
    code: 'CHANNEL_INVALID',
    says: 'The channel is not one that the vault takes; PAYMENT-REQUIRED says which.',
    reason: CHANNEL_REASONS.receiver,
  },
  unsigned: {
    code: 'PAYMENT_INVALID',
    says: 'The voucher is not signed by the authorizer of its channel: 65 bytes, v 27 or 28, low s.',
    reason: CHANNEL_REASONS.signature,
  },
  'not-accepted': {
    code: 'PAYMENT_INVALID',
    says: 'The payment does not accept what is asked for.',
    reason: OWN_REASONS.otherTerms,
  },
  unknown: {
    code: 'CHANNEL_UNKNOWN',
    says: 'This host has no record of the channel. Open another one, with a deposit, under another salt.',
    reason: CHANNEL_REASONS.unknown,
  },
  busy: {
    code: 'CHANNEL_BUSY',
    says: 'Another call of this channel is being answered. Send it again in a moment.',
    reason: CHANNEL_REASONS.busy,
  },
  mismatch: {
    code: 'VOUCHER_MISMATCH',
    says: 'The voucher does not allow the price above what the channel was charged; PAYMENT-REQUIRED says how much.',
    reason: CHANNEL_REASONS.mismatch,
  },
  short: {
    code: 'CHANNEL_SHORT',
    says: 'The voucher allows more than the channel holds. Deposit more.',
    reason: CHANNEL_REASONS.short,
  },
  leaving: {
    code: 'CHANNEL_LEAVING',
    says: 'A withdrawal from this channel is under way: nothing is answered for it any more.',
    reason: OWN_REASONS.leaving,
  },
  'nonce-taken': {
    code: 'IDEMPOTENCY_CONFLICT',
    says: 'This client paid for another request under the same nonce before, or for this one with another voucher.',
    reason: OWN_REASONS.used,
  },
  'small-deposit': {
    code: 'PAYMENT_SHORT',
    says: 'The deposit is below the least that this host pays the gas for.',
    reason: CHANNEL_REASONS.smallDeposit,
  },
  'needless-deposit': {
    code: 'PAYMENT_INVALID',
    says: 'The channel holds enough for this call: send the voucher alone, and deposit when it does not.',
    reason: OWN_REASONS.needlessDeposit,
  },
  'refund-costs': {
    code: 'PAYMENT_SHORT',
    says:
      'The channel has not been charged what ending it costs the host in gas (refundFrom). Go on with it, or take the ' +
      'rest yourself: initiateWithdraw on the channel contract and, after the delay, finalizeWithdraw.',
    reason: OWN_REASONS.refundCosts,
  },
  deposit: { code: 'PAYMENT_INVALID', says: 'The deposit cannot be taken.', reason: OWN_REASONS.unexpected },
  unsettled: {
    code: 'PAYMENT_UNSETTLED',
    says: 'The deposit is not settled yet. Send the same payment again in a moment: it is deposited once.',
    reason: OWN_REASONS.unexpected,
  },
  'nothing-left': {
    code: 'CHANNEL_SHORT',
    says: 'Nothing is left in the channel that could be refunded.',
    reason: CHANNEL_REASONS.nothingLeft,
  },
  partial: {
    code: 'PAYMENT_INVALID',
    says: 'A channel is refunded as a whole: leave `amount` out.',
    reason: CHANNEL_REASONS.refundAmount,
  },
};

/** A payload that could not be read, as a refusal. */
export const unreadVoucher = ({ no, at = '' }: NotRead): VoucherRefusal => ({
  no: no === 'odd-amount' ? no : 'unreadable',
  at,
});

/** What the x402 header says of it. */
export const reasonOfRefusal = (refusal: VoucherRefusal): string =>
  'reason' in refusal ? refusal.reason : REFUSALS[refusal.no].reason;

/** The problem that the client is shown. Totals are in the x402 header, for whom signed the voucher. */
export function problemOfVoucher(
  refusal: VoucherRefusal,
  { price, priceVersion, vault }: Offer,
  asked: Asked,
  channelId?: Hex,
): OmlError {
  const { code, says, next = NEXT } = REFUSALS[refusal.no];
  const details = {
    reason: reasonOfRefusal(refusal),
    price: String(price),
    priceVersion,
    payTo: vault,
    ...asked,
    next,
    now: Math.floor(Date.now() / 1000),
    ...('at' in refusal ? { at: refusal.at } : {}),
    ...(channelId ? { channelId } : {}),
    ...('from' in refusal ? { refundFrom: String(refusal.from) } : {}),
  };
  return new OmlError(code, says, { details, retryable: code === 'CHANNEL_BUSY' || code === 'PAYMENT_UNSETTLED' });
}
