import type { PaymentPayload } from '@x402/core/types';
import {
  channelIdOf,
  voucherSigner,
  WITHDRAW_DELAY,
  type ChannelConfig,
  type ChannelDomain,
} from '@oml/protocol/signed/channel';
import { channelPayloadSchema, type ChannelPayload } from '@oml/protocol/wire/channel-payload';
import { concat, isAddressEqual, keccak256, numberToHex, zeroAddress, type Address, type Hex } from 'viem';
import { recoverFast } from '../payment/curve.ts';
import { CHANNEL_REASONS } from '../payment/x402-reasons.ts';

/** A voucher as it was sent, with the deposit or the wish for a refund that came with it. */
export interface SentVoucher {
  payload: PaymentPayload;
  content: ChannelPayload;
  config: ChannelConfig;
  channelId: Hex;
  /** The total that the voucher allows. */
  signed: bigint;
  signature: Hex;
}

/**
 * What the answer to a request is kept under that was paid by a voucher over this total. Not the total alone: where a
 * call cost less than its voucher allows, a later one may allow as much again.
 */
export const useRefOf = ({ channelId, signed }: Pick<SentVoucher, 'channelId' | 'signed'>, requestHash: Hex): Hex =>
  keccak256(concat([channelId, numberToHex(signed, { size: 32 }), requestHash]));

/** Reads the payload of a `batch-settlement` payment; undefined where it is none. */
export function readVoucher(payload: PaymentPayload): SentVoucher | undefined {
  const { data: content } = channelPayloadSchema.safeParse(payload.payload);
  if (!content) return undefined;
  const { channelConfig: config, voucher } = content;
  const { channelId, maxClaimableAmount: signed, signature } = voucher;
  return { payload, content, config, channelId, signed, signature };
}

/**
 * Why the vault could not rely on this channel, in x402's words (protocol §5): the receiver, both authorizers, the
 * token and the delay are the vault's business, and the id must be theirs.
 */
export function channelMisfit(
  { config, channelId }: Pick<SentVoucher, 'config' | 'channelId'>,
  { vault, token }: { vault: Address; token: Address },
  domain: ChannelDomain,
): string | undefined {
  if (channelIdOf(config, domain) !== channelId) return CHANNEL_REASONS.id;
  if (!isAddressEqual(config.receiver, vault)) return CHANNEL_REASONS.receiver;
  if (!isAddressEqual(config.receiverAuthorizer, vault)) return CHANNEL_REASONS.receiverAuthorizer;
  if (!isAddressEqual(config.token, token)) return CHANNEL_REASONS.token;
  if (config.payer === zeroAddress || config.payerAuthorizer === zeroAddress) return CHANNEL_REASONS.payload;
  if (config.withdrawDelay < WITHDRAW_DELAY.least) return CHANNEL_REASONS.withdrawDelay;
  return undefined;
}

/** Did the channel's authorizer sign this voucher, by the channel contract's rule? */
export async function isSignedVoucher(
  { config, channelId, signed, signature }: Pick<SentVoucher, 'config' | 'channelId' | 'signed' | 'signature'>,
  domain: ChannelDomain,
): Promise<boolean> {
  const voucher = { channelId, maxClaimableAmount: signed };
  const signer = await voucherSigner(voucher, signature, domain, recoverFast).catch(() => undefined);
  return signer === config.payerAuthorizer;
}
