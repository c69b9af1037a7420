import { z } from 'zod';
import { channelConfigSchema } from './channel-payload.ts';
import { address, bytes32, uint } from './scalars.ts';

/** Where a watchtower says who it is, and where a host hands it vouchers. */
export const TOWER_PATH = '/v1/watchtower';
export const VOUCHERS_PATH = '/v1/vouchers';

/** The most vouchers that are handed over at once; about a kilobyte each. */
export const MOST_VOUCHERS = 200;

/** Amounts of a channel have 128 bits on chain. */
const amount = uint.refine((value) => value < 2n ** 128n, 'over 128 bits');

/** All that is needed to collect from one channel. */
export const exportedVoucherSchema = z.object({
  /** Of the vault that the channel pays into. */
  licenseId: uint,
  channelConfig: channelConfigSchema,
  /** What the channel was charged, and the voucher that covers it: smallest unit of the token. */
  charged: amount,
  maxClaimableAmount: amount,
  signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/, 'not 65 bytes of hex'),
  /** When the oldest charge was answered that is not known to be booked: Unix ms. */
  since: z.int().min(0),
});
export type ExportedVoucherJson = z.input<typeof exportedVoucherSchema>;
export type ExportedVoucher = z.output<typeof exportedVoucherSchema>;

/**
 * What is posted to {@link VOUCHERS_PATH}; `OML-Signature` holds what a key bound to the account signed over it
 * (`signed/voucher-export.ts`). Handing over the same again changes nothing.
 */
export const voucherExportSchema = z.object({
  account: address,
  /** Unix seconds. */
  sentAt: z.int().min(0),
  vouchers: z.array(exportedVoucherSchema).min(1).max(MOST_VOUCHERS),
});
export type VoucherExportJson = z.input<typeof voucherExportSchema>;

/** The name that a tower's store gave itself: another one means that what it was handed is gone. */
const mark = z.string().min(1).max(100);

/** What came of it; each channel stands in one of the two. */
export const voucherExportReplySchema = z.object({
  object: z.literal('oml.vouchers'),
  mark,
  /** On the tower's disk, with this total or a higher one. */
  kept: z.array(bytes32).max(MOST_VOUCHERS),
  refused: z.array(z.object({ channelId: bytes32, detail: z.string().max(1_000) })).max(MOST_VOUCHERS),
});
export type VoucherExportReply = z.output<typeof voucherExportReplySchema>;

/** What stands at {@link TOWER_PATH}. */
export const towerSchema = z.object({
  object: z.literal('oml.watchtower'),
  /** The account that collects: the one to name in a vault. */
  address,
  chainId: z.int(),
  /** Seconds after an answer within which its host should have collected. */
  collectsAfter: z.int().min(0),
  mark,
});
export type Tower = z.output<typeof towerSchema>;
