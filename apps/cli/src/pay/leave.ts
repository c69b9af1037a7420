import { isOmlError } from '@oml/protocol/error';
import { refundChannel } from '@oml/sdk/channel/leave';
import type { ExchangeOptions } from '@oml/sdk/exchange';
import type { ChannelOptions } from '@oml/sdk/channel/options';
import type { PayingAccount } from '@oml/sdk/paying-account';
import type { Offer } from '@oml/sdk/market/offer';

export interface Left {
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

/** Asks every host to end the channels with it: what was used is booked, the rest comes back at once. */
export async function leaveChannels({ channels, ...options }: Paying, offers: readonly Offer[]): Promise<Left[]> {
  const all: Left[] = [];
  for (const { baseUrl, model, kind, vault } of offers)
    for (const sessionKey of channels.sessionKeys) {
      const channel = { ...channels, sessionKey };
      try {
        const { refunded, tx } = await refundChannel({ ...options, channel }, { baseUrl, model, kind, vault });
        all.push({ host: baseUrl, refunded: String(refunded), tx });
      } catch (error) {
        if (isOmlError(error) && error.code === 'NOT_FOUND') continue;
        all.push({ host: baseUrl, why: error instanceof Error ? error.message : String(error) });
      }
    }
  return all;
}
