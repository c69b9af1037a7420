import type { x402Facilitator } from '@x402/core/facilitator';
import type { PaymentRequirements, SettleResponse } from '@x402/core/types';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex } from 'viem';
import type { GatewayStore } from '../store.ts';
import type { TokenDomain } from '@oml/protocol/signed/authorization';
import { isBookable, type SentPayment } from './header.ts';
import { dropPayment, findPayment, openPayment, settlePayment, type NewPayment } from './ledger.ts';
import { findSettledTransfer, isAuthorizationUsed } from './settled-transfer.ts';
import { OWN_REASONS, X402_REASONS } from './x402-reasons.ts';

export interface Settling {
  chain: Chain;
  store: GatewayStore;
  facilitator: x402Facilitator;
  domain: TokenDomain;
  /** Whose broadcast of a payment is credited: ours alone, or anybody's if not named. */
  creditOnly: Address | undefined;
  /** Blocks after which a payment counts as final. */
  settleDepth: number;
  logger: Logger;
}

/** A payment, what it is about to be used for, and what x402 was told to ask for it. */
export interface Settlement {
  sent: SentPayment;
  row: NewPayment;
  wanted: PaymentRequirements;
  /** It was written down before, was left in the middle, and is ours to send again: an earlier try may yet land. */
  isOpen: boolean;
  /** Hears that the chain bears it out, before it is sent. */
  borneOut?(): void;
}

/** Every way in which settling can end. Only `settled` and `credited` are money in the vault. */
export type End =
  /** Our broadcast is final. */
  | { end: 'settled'; tx: Hex }
  /** Somebody else broadcast the authorization, and this gateway may count it. */
  | { end: 'credited'; tx: Hex }
  /** The vault would not take this signature. Nothing was sent. */
  | { end: 'not-bookable' }
  /** Its nonce is spent on something that is not ours to count. */
  | { end: 'used' }
  /** Another request wrote down this payment, or its nonce, in the same moment. */
  | { end: 'taken' }
  /** x402 verified it and said no. Nothing was sent. */
  | { end: 'refused'; why: string }
  /** It was sent, and did not go through. */
  | { end: 'failed'; why: string; tx: string }
  /** It was sent and is not final yet. */
  | { end: 'pending'; tx: string }
  /** Sending failed without a hash, so that it may have reached the node all the same. */
  | { end: 'may-land' }
  /** Something of ours broke; the log says what. */
  | { end: 'broken' };

/** The ends that brought no money. */
export type Unpaid = Exclude<End, { end: 'settled' | 'credited' }>;

/** A stranger's broadcast of an authorization is credited if it is no older than this. */
const CREDIT_BLOCKS = 300n;

/**
 * Settles one payment for one use: refused before anything is broadcast if it would not be booked or was used before;
 * written down before it is broadcast; credited also where somebody else broadcast it first, if that is allowed.
 */
export async function settle(settling: Settling, settlement: Settlement): Promise<End> {
  try {
    return (await refuseUnsent(settling, settlement)) ?? (await broadcast(settling, settlement));
  } catch (error) {
    settling.logger.error({ err: error, paymentRef: settlement.sent.paymentRef }, 'settling failed');
    return { end: 'broken' };
  }
}

/** Everything that ends it before a broadcast; undefined once the payment is written down. */
async function refuseUnsent(settling: Settling, settlement: Settlement): Promise<End | undefined> {
  const { chain, store, domain, facilitator } = settling;
  const { sent, row, wanted, isOpen } = settlement;
  if (!(await isBookable(sent, domain))) return { end: 'not-bookable' };
  const { isValid, invalidReason } = await facilitator.verify(sent.payload, wanted);
  if (isValid) settlement.borneOut?.();
  if (isValid) return isOpen || (await openPayment(store, row)) ? undefined : { end: 'taken' };
  if (await isAuthorizationUsed(chain, sent.authorization)) {
    // What is in no store may have been answered out of one that is lost: a second receipt would cost the bond.
    const isCreditable = isOpen || (settling.creditOnly === undefined && fitsExactly(sent, wanted));
    const credited = isCreditable ? await credit(settling, settlement, isOpen ? undefined : CREDIT_BLOCKS) : undefined;
    return credited && credited !== 'foreign' ? credited : { end: 'used' };
  }
  return { end: 'refused', why: invalidReason ?? OWN_REASONS.unexpected };
}

async function broadcast(settling: Settling, settlement: Settlement): Promise<End> {
  const { chain, store, facilitator, logger } = settling;
  const { authorization, payload, paymentRef } = settlement.sent;
  const settled = await facilitator.settle(payload, settlement.wanted);
  const { success, errorReason: why = OWN_REASONS.unexpected, errorMessage, transaction: tx } = settled;
  if (errorMessage) logger.warn({ paymentRef, reason: why, message: errorMessage }, 'a payment did not settle');
  if (success) {
    await settlePayment(store, paymentRef, tx as Hex);
    return { end: 'settled', tx: tx as Hex };
  }
  if (why === X402_REASONS.pending) return { end: 'pending', tx };
  const isUsed = why === X402_REASONS.nonceUsed || (await isAuthorizationUsed(chain, authorization));
  const credited = isUsed ? await credit(settling, settlement) : undefined;
  if (credited && credited !== 'foreign') return credited;
  // A nonce that is used and whose use is not to be seen may be our own: the row stays until that is known.
  if ((isUsed && !credited) || mayStillLand(settled)) return { end: 'may-land' };
  // It was refused before it was sent, or what was sent is over: only an earlier try could still be on its way.
  if (!settlement.isOpen) await dropPayment(store, paymentRef);
  return isUsed ? { end: 'used' } : { end: 'failed', why, tx };
}

/** Counts a transfer that is on the chain already; undefined where none is to be seen, `foreign` if it is not ours. */
async function credit(
  { chain, store, creditOnly, settleDepth }: Settling,
  { sent: { authorization, paymentRef }, row }: Settlement,
  sinceBlocks?: bigint,
): Promise<End | 'foreign' | undefined> {
  const found = await findSettledTransfer(chain, authorization, { by: creditOnly, sinceBlocks, settleDepth });
  if (!found) return undefined;
  if ('isForeign' in found) return 'foreign';
  const { tx, isFinal } = found;
  if (!isFinal) return { end: 'pending', tx };
  if (!((await findPayment(store, paymentRef)) ?? (await openPayment(store, row)))) return undefined;
  await settlePayment(store, paymentRef, tx);
  return { end: 'credited', tx };
}

/** A send that failed without a transaction hash may have reached the node all the same. */
const mayStillLand = ({ errorReason, transaction }: SettleResponse): boolean =>
  transaction === '' && errorReason === X402_REASONS.notSent;

function fitsExactly({ authorization }: SentPayment, { payTo, amount }: PaymentRequirements): boolean {
  const live = authorization.validBefore > BigInt(Math.floor(Date.now() / 1000));
  return live && authorization.to.toLowerCase() === payTo.toLowerCase() && authorization.value === BigInt(amount);
}
