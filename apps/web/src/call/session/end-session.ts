import { isDev, type Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { refundChannel } from '@oml/sdk/channel/leave';
import { leftIn } from '@oml/sdk/channel/pay';
import type { PublicClient } from 'viem';
import type { Hex } from '#kit/hex.ts';
import { baseOf } from '#host/host-listing.ts';
import type { Meter } from './meters.ts';
import { inTurn, type Sessions } from './sessions.ts';

/**
 * Asks the host to end a session: what its receipts add up to is booked, the rest is back at once, by one transaction
 * of the host's. Forgets it then. Throws UNAVAILABLE where the host does not do it; the money can be had past it.
 */
export function endSession(
  publicClient: PublicClient,
  deployment: Deployment,
  sessions: Sessions,
  { host, channel }: Meter,
): Promise<{ refunded: bigint; tx?: Hex }> {
  const { vault, model, kind, endpoint, budget } = host;
  return inTurn(sessions, vault, async () => {
    const ended = await refundChannel(
      {
        account: { address: sessions.shelf.account, signTypedData: refuseToSign },
        publicClient,
        deployment,
        maxAmountPerPayment: 0n,
        channel: await sessions.channel(budget),
      },
      { baseUrl: baseOf(endpoint, { allowPrivate: isDev(deployment) }), model, kind, vault },
    );
    if ((await leftIn({ publicClient, deployment }, channel.channelId)) === 0n)
      await sessions.forget(vault, deployment);
    return ended;
  });
}

/** The session's key alone asks for a refund. */
const refuseToSign = async (): Promise<never> => {
  throw new OmlError('PAYMENT_INVALID', 'Ending a session needs no signature of the wallet.');
};
