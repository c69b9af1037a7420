import { z } from 'zod';
import { WITHDRAW_DELAY } from '../signed/channel.ts';
import { address, bytes32, hex, uint } from './scalars.ts';

/** Amounts of a channel have 128 bits on chain. */
const amount = uint.refine((value) => value < 2n ** 128n, 'over 128 bits');

/** A channel, as x402 writes it. */
export const channelConfigSchema = z.object({
  payer: address,
  payerAuthorizer: address,
  receiver: address,
  receiverAuthorizer: address,
  token: address,
  withdrawDelay: z.int().min(0).max(WITHDRAW_DELAY.most),
  salt: bytes32,
});

const common = {
  channelConfig: channelConfigSchema,
  voucher: z.object({ channelId: bytes32, maxClaimableAmount: amount, signature: hex }),
};

/** The `payload` of an x402 `batch-settlement` payment on an EVM chain. Deposits by EIP-3009 alone. */
export const channelPayloadSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('voucher'), ...common }),
  z.object({
    type: z.literal('deposit'),
    ...common,
    deposit: z.object({
      amount,
      authorization: z.object({
        erc3009Authorization: z.object({ validAfter: uint, validBefore: uint, salt: bytes32, signature: hex }),
      }),
    }),
  }),
  z.object({ type: z.literal('refund'), ...common, amount: amount.optional() }),
]);
export type ChannelPayload = z.output<typeof channelPayloadSchema>;
