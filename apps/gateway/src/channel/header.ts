import type { PaymentPayload } from '@x402/core/types';
import { keccak } from '@oml/protocol/keccak';
import {
  channelIdOf,
  voucherSigner,
  WITHDRAW_DELAY,
  type ChannelConfig,
  type ChannelDomain,
} from '@oml/protocol/signed/channel';
import { channelPayloadSchema, type ChannelPayload } from '@oml/protocol/wire/channel-payload';
import { concat, hexToBytes, isAddressEqual, numberToHex, zeroAddress, type Address, type Hex } from 'viem';
import { recoverFast } from '../payment/curve.ts';
import { notRead, type NotRead } from '../payment/envelope.ts';
import { CHANNEL_REASONS } from '../payment/x402-reasons.ts';

/** A voucher as it was sent, with the deposit or the wish for a refund that came with it. */
export interface SentVoucher {
  payload: PaymentPayload;
  content: ChannelPayload;
  config: ChannelConfig;
  channelId: Hex;
  /** Whether the id is that of the config. */
  isItsId: boolean;
  /** The total that the voucher allows. */
  signed: bigint;
  signature: Hex;
  /** Whether the channel's authorizer signed it. */
  isSigned: boolean;
}

/**
 * What the answer to a request is kept under that was paid by a voucher over this total. Not the total alone: where a
 * call cost less than its voucher allows, a later one may allow as much again.
 */
export const useRefOf = ({ channelId, signed }: Pick<SentVoucher, 'channelId' | 'signed'>, requestHash: Hex): Hex =>
  keccak(hexToBytes(concat([channelId, numberToHex(signed, { size: 32 }), requestHash])));

/** Reads the payload of a `batch-settlement` payment, and who signed it, or says what of it is none. */
export async function readVoucher(payload: PaymentPayload, domain: ChannelDomain): Promise<SentVoucher | NotRead> {
  const { data: content, error } = channelPayloadSchema.safeParse(payload.payload);
  if (!content) return notRead(error, 'payload');
  const { channelConfig: config, voucher } = content;
  const { channelId, maxClaimableAmount: signed, signature } = voucher;
  const isItsId = channelIdOf(config, domain) === channelId;
  const isSigned = await isSignedVoucher({ config, channelId, signed, signature }, domain);
  return { payload, content, config, channelId, isItsId, signed, signature, isSigned };
}

/**
 * Why the vault could not rely on this channel, in x402's words (protocol §5): the receiver, both authorizers, the
 * token and the delay are the vault's business, and the id must be theirs.
 */
export function channelMisfit(
  { config, isItsId }: Pick<SentVoucher, 'config' | 'isItsId'>,
  { vault, token }: { vault: Address; token: Address },
): string | undefined {
  if (!isItsId) return CHANNEL_REASONS.id;
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
