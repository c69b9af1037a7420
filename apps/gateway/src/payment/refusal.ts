import { OmlError } from '@oml/protocol/error';
import type { PaymentRequirements } from '@x402/core/types';
import { isAddressEqual, isHex, type Address, type Hex } from 'viem';
import type { NotRead } from './envelope.ts';
import type { SentPayment } from './header.ts';
import { REFUSALS, type No } from './refusals.ts';
import type { Unpaid } from './settle.ts';
import type { Asked, Offer } from './terms.ts';
import { OWN_REASONS, X402_REASONS } from './x402-reasons.ts';

/** Every reason why a payment is not admitted. */
export type Refusal =
  | NotRead
  | { no: 'not-eip3009' | 'in-use' }
  /** Against what this gateway wrote down of that payment. */
  | { no: 'other-request' | 'other-body' | 'nonce-taken' | 'refunded'; paymentRef: Hex }
  /** Against the terms or the chain; `reason` is what the x402 header says. */
  | { no: Exclude<No, NotRead['no'] | 'not-eip3009'>; reason: string };

/** The problem that the client is shown: what was asked for, what came instead, and how to go on. */
export function problemOfRefusal(
  refusal: Refusal,
  { price, priceVersion, vault }: Offer,
  asked: Asked,
  sent?: SentPayment,
): OmlError {
  const { code, says, next } = REFUSALS[refusal.no];
  const { no: _, ...facts } = refusal;
  const given =
    sent && 'reason' in refusal ? { paymentRef: sent.paymentRef, value: String(sent.authorization.value) } : {};
  return new OmlError(code, says, {
    details: { ...facts, price: String(price), priceVersion, payTo: vault, ...asked, ...given, next, now: nowS() },
    retryable: code === 'PAYMENT_UNSETTLED',
  });
}

/** By the clock of this host, in Unix seconds. */
const nowS = (): number => Math.floor(Date.now() / 1000);

/** x402 wants this many seconds left on an authorization. */
export const SECONDS_LEFT = 6n;

/** What is wrong with a payment that x402 or the vault would not take. */
export function misfitOf(
  { authorization, payload }: SentPayment,
  wanted: PaymentRequirements,
  reason: string,
): Refusal {
  const { value, validAfter, validBefore, to } = authorization;
  const { accepted } = payload;
  const [price, now] = [BigInt(wanted.amount), BigInt(nowS())];
  if (accepted.network !== wanted.network) return { no: 'network', reason };
  if (accepted.asset.toLowerCase() !== wanted.asset.toLowerCase()) return { no: 'token', reason };
  if (validBefore < now + SECONDS_LEFT) return { no: 'expired', reason };
  if (validAfter > now) return { no: 'early', reason };
  if (value < price || BigInt(accepted.amount) < price) return { no: 'short', reason };
  if (!isAddressEqual(to, wanted.payTo as Address)) return { no: 'payee', reason };
  return { no: value > price ? 'over' : 'misfit', reason };
}

/** The reason in the x402 header of a settlement that brought no money. */
export function reasonOf(end: Unpaid): string {
  switch (end.end) {
    case 'not-bookable':
      return X402_REASONS.signature;
    case 'used':
      return OWN_REASONS.used;
    case 'refused':
    case 'failed':
      return end.why;
    case 'pending':
      return X402_REASONS.pending;
    case 'taken':
    case 'may-land':
    case 'broken':
      return OWN_REASONS.unexpected;
  }
}

const USED: readonly string[] = [OWN_REASONS.used, X402_REASONS.nonceUsed];
const UNSETTLED: readonly string[] = [OWN_REASONS.unexpected, X402_REASONS.pending];

/** Why a settlement brought no money, in this protocol's words. */
export function refusalOf(sent: SentPayment, wanted: PaymentRequirements, end: Unpaid): Refusal {
  const reason = reasonOf(end);
  if (end.end === 'not-bookable') return { no: isKeySignature(sent.signature) ? 'unsigned' : 'wallet', reason };
  if (USED.includes(reason)) return { no: 'used', reason };
  if (reason === X402_REASONS.noMoney) return { no: 'unfunded', reason };
  return UNSETTLED.includes(reason) ? { no: 'unsettled', reason } : misfitOf(sent, wanted, reason);
}

/** 65 bytes: what else a wallet signs with is for its contract (EIP-1271), or deploys it first (EIP-6492). */
const isKeySignature = (signature: Hex): boolean => isHex(signature) && signature.length === 132;
