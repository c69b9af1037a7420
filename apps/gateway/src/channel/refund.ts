import { revenueVaultAbi } from '@oml/contracts/abis';
import type { OmlError } from '@oml/protocol/error';
import type { ChannelConfig } from '@oml/protocol/signed/channel';
import type { Hex } from 'viem';
import type { NotRead } from '../payment/envelope.ts';
import type { Offer, Terms } from '../payment/terms.ts';
import { afterBrokenRefund, chargedHeaders, isAtWork, newAttempt, refuse, type Vouching } from './admit.ts';
import { channelMisfit, type SentVoucher } from './header.ts';
import { findChannel, letGo, reserveRefund, type Channel } from './ledger.ts';
import { unreadVoucher, type VoucherRefusal } from './refusal.ts';

/** What came of a wish for a refund; either way the x402 headers of the answer. */
export type Refunding =
  | { channelId: Hex; refunded: bigint; tx: Hex; headers: Record<string, string> }
  | { refusal: OmlError; headers: Record<string, string> };

/** Ends a channel as its client asks: what was charged is booked, the rest goes back to the payer at once. */
export type Refund = (sent: SentVoucher | NotRead, offer: Offer) => Promise<Refunding>;

/**
 * Through the vault's own `refund`, which claims, books and returns in one transaction: x402's would need a signature
 * that a vault does not make. A call that is being answered comes first.
 */
export const createRefund =
  (vouching: Vouching): Refund =>
  async (sent, offer) => {
    const terms = await vouching.cashier.termsOf(offer);
    if ('no' in sent) return refuse(vouching, unreadVoucher(sent), offer, terms, undefined);
    const done = await refund(vouching, offer, terms, sent);
    return 'no' in done ? refuse(vouching, done, offer, terms, sent) : done;
  };

type Refunded = Extract<Refunding, { tx: Hex }>;

async function refund(
  vouching: Vouching,
  { vault }: Offer,
  terms: Terms,
  sent: SentVoucher,
): Promise<Refunded | VoucherRefusal> {
  const { store, token, watch, gas, atWork } = vouching;
  const { channelId, signed, content } = sent;
  const reason = channelMisfit(sent, { vault, token });
  if (reason) return { no: 'misfit', reason };
  if (content.type !== 'refund') return { no: 'not-payment' };
  if (!sent.isSigned) return { no: 'unsigned' };
  if (!terms.channel) return { no: 'not-accepted' };
  // Anybody can sign for a channel that is nowhere: that costs no look at the chain.
  if (!(await findChannel(store, channelId))) return { no: 'unknown' };
  watch.forget(channelId);
  const before = await watch.stateOf(channelId);
  const attempt = newAttempt();
  atWork.add(attempt);
  try {
    const reserved = await reserveRefund(
      store,
      { channelId, signed, attempt, holder: gas.address },
      isAtWork(vouching),
    );
    if ('no' in reserved) {
      if (reserved.no !== 'refund-left') return reserved;
      await afterBrokenRefund(vouching, channelId, reserved.attempt);
      return { no: 'busy' };
    }
    const { channel } = reserved;
    // Each deposit and each refund is the host's gas: whoever makes it go round again pays for it first.
    const from = vouching.gasCost.ofChannel() * (before.refundNonce + 1n);
    if (channel.charged < from) return { no: 'refund-costs', from };
    const left = before.balance - channel.charged;
    if (left <= 0n) return { no: 'nothing-left' };
    if (content.amount !== undefined && content.amount < left) return { no: 'partial' };
    const { transactionHash: tx } = await gas.send({
      address: vault,
      abi: revenueVaultAbi,
      functionName: 'refund',
      args: [collectRowOf(channel)],
    });
    watch.forget(channelId);
    const charged = { amount: 0n, cumulative: channel.charged };
    const headers = chargedHeaders(vouching, sent, await watch.stateOf(channelId), charged, tx);
    return { channelId, refunded: left, tx, headers };
  } finally {
    atWork.delete(attempt);
    await letGo(store, attempt);
  }
}

/** A channel as its vault collects it. Nothing charged, nothing signed: the contract passes such a row over. */
export function collectRowOf({ config, charged, signature, signed }: Channel): {
  config: ChannelConfig;
  maxClaimableAmount: bigint;
  totalClaimed: bigint;
  signature: Hex;
} {
  return { config, maxClaimableAmount: signed, totalClaimed: charged, signature: signature ?? '0x' };
}
