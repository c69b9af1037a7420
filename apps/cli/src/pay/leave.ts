import { isOmlError } from '@oml/protocol/error';
import { refundChannel } from '@oml/sdk/channel/leave';
import { leftIn } from '@oml/sdk/channel/pay';
import type { ChannelRecord } from '@oml/sdk/channel/store';
import type { ExchangeOptions } from '@oml/sdk/exchange';
import type { ChannelOptions } from '@oml/sdk/channel/options';
import type { PayingAccount } from '@oml/sdk/paying-account';
import type { Offer } from '@oml/sdk/market/offer';
import { isAddressEqual } from 'viem';

export interface Left {
  /** Its address; that of its vault where it offers nothing. */
  host: string;
  /** Smallest unit, as decimal text; absent where it failed. */
  refunded?: string;
  tx?: string;
  /** Why it did not come back. */
  why?: string;
}

type Paying = Omit<ExchangeOptions, 'channel'> & {
  channels: Omit<ChannelOptions, 'sessionKey'> & { sessionKeys: readonly PayingAccount[] };
};

/** Asks the hosts of kept channels to end them: what was used is booked, the rest comes back at once. */
export async function leaveChannels(
  { channels, ...options }: Paying,
  kept: readonly ChannelRecord[],
  offers: readonly Offer[],
): Promise<Left[]> {
  const all: Left[] = [];
  for (const { channelId, config, pending } of kept) {
    const { payerAuthorizer, receiver } = config;
    const left = await leftIn(options, channelId);
    if (left === 0n && !pending) continue;
    const sessionKey = channels.sessionKeys.find(({ address }) => isAddressEqual(address, payerAuthorizer));
    const offer = offers.find(({ vault }) => isAddressEqual(vault, receiver));
    if (!sessionKey || !offer) {
      all.push({ host: receiver, why: sessionKey ? NO_HOST : NO_KEY });
      continue;
    }
    const { baseUrl, model, kind, vault } = offer;
    try {
      const channel = { ...channels, sessionKey };
      const { refunded, tx } = await refundChannel({ ...options, channel }, { baseUrl, model, kind, vault });
      all.push({ host: baseUrl, refunded: String(refunded), tx });
    } catch (error) {
      if (isOmlError(error) && error.code === 'NOT_FOUND') continue;
      all.push({ host: baseUrl, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return all;
}

const PAST = 'The money can be withdrawn past it: oml pay leave --past-hosts.';
const NO_HOST = `The host of this vault offers nothing just now. ${PAST}`;
const NO_KEY = `The key that signs for this channel does not follow from the session seed. ${PAST}`;
