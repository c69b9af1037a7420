import { OmlError } from '@oml/protocol/error';
import { signChannelQuestion } from '@oml/protocol/signed/channel-question';
import { channelPath, channelStateSchema, type ChannelLeft } from '@oml/protocol/wire/channel-state';
import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import type { Address } from 'viem';
import { payerOf, type ExchangeOptions } from '../exchange.ts';
import { skewOf } from '../host-clock.ts';
import type { ChannelOptions } from './options.ts';
import { nameOf } from './pay.ts';

/**
 * Asks a host what is left in the channel with one of its vaults; what the host says of the total binds nobody, the
 * receipts do. Throws NOT_FOUND where there is no channel, VOUCHER_MISMATCH where the host claims more than they say.
 */
export async function readChannel(
  options: ExchangeOptions & { channel: ChannelOptions },
  { baseUrl, vault }: { baseUrl: string; vault: Address },
): Promise<ChannelLeft> {
  const payer = payerOf(options);
  const { sessionKey, store } = options.channel;
  const record = await store.load(nameOf(payer, { payTo: vault }));
  if (!record) throw new OmlError('NOT_FOUND', 'There is no channel with this vault.', { details: { vault } });
  const { chainId, contracts } = options.deployment;
  const { channelId, charged } = record;
  const domain = { chainId, batchSettlement: contracts.batchSettlement };
  const ask = async (skewS: number) => {
    const askedAt = BigInt(Math.floor(Date.now() / 1_000) + skewS);
    const signature = await signChannelQuestion({ channelId, askedAt }, sessionKey as never, domain);
    const url = `${baseUrl}${channelPath(channelId)}?asked_at=${askedAt}`;
    return payer.fetch(new Request(url, { headers: { [HEADERS.signature]: signature } }));
  };
  const first = await ask(0);
  // The host believes no question that is minutes old by its clock.
  const skewS = first.status === 401 ? skewOf(first) : 0;
  const response = skewS === 0 ? first : await ask(skewS);
  const given: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, given, { who: 'The host' });
  const { data } = channelStateSchema.safeParse(given);
  if (!data) throw new OmlError('UNAVAILABLE', 'What the host says of the channel cannot be read.');
  if (data.charged > charged && !record.pending)
    throw new OmlError('VOUCHER_MISMATCH', `The host claims ${data.charged}; its receipts add up to ${charged}.`, {
      details: { channelId, charged: String(charged) },
    });
  return data;
}
