import { OmlError } from '@oml/protocol/error';
import { channelQuestionSigner, QUESTION_TOLERANCE_S } from '@oml/protocol/signed/channel-question';
import type { ChannelStateJson } from '@oml/protocol/wire/channel-state';
import { isAddressEqual, type Hex } from 'viem';
import { recoverFast } from '../payment/curve.ts';
import type { Vouching } from './admit.ts';
import { findChannel } from './ledger.ts';

/** Tells whom a channel belongs to what is left in it. Throws SIGNATURE_INVALID, and NOT_FOUND to nobody else. */
export type ShowChannel = (channelId: Hex, askedAt: bigint, signature: string | undefined) => Promise<ChannelStateJson>;

export const createShowChannel =
  ({ store, watch, domain }: Pick<Vouching, 'store' | 'watch' | 'domain'>): ShowChannel =>
  async (channelId, askedAt, signature = '') => {
    const now = Math.floor(Date.now() / 1_000);
    const off = askedAt - BigInt(now);
    if (off > QUESTION_TOLERANCE_S || -off > QUESTION_TOLERANCE_S)
      throw new OmlError('SIGNATURE_INVALID', `asked_at is more than 2 min off: here it is ${now}.`, {
        details: { now },
      });
    const signer = await channelQuestionSigner({ channelId, askedAt }, signature as Hex, domain, recoverFast);
    const channel = await findChannel(store, channelId);
    // Whether a channel is known here is its authorizer's business alone; of others nobody can tell.
    if (!channel || !isAddressEqual(channel.config.payerAuthorizer, signer))
      throw new OmlError('NOT_FOUND', 'This host has no channel of this signer under that id.');
    const { balance, totalClaimed, withdrawRequestedAt } = await watch.stateOf(channelId);
    const left = balance > channel.charged ? balance - channel.charged : 0n;
    return {
      object: 'oml.channel',
      channelId,
      balance: String(balance),
      charged: String(channel.charged),
      collected: String(totalClaimed),
      left: String(withdrawRequestedAt === 0 ? left : 0n),
      withdrawRequestedAt,
    };
  };
