import type { Deployment } from '@oml/protocol/chain/deployment';
import type { ChannelRecord } from '@oml/sdk/channel/store';
import type { PublicClient } from 'viem';
import { readChannel, type ChannelFacts } from '#actions/channel-actions.ts';
import type { SessionHost, Sessions } from './sessions.ts';

/** A session with what its channel holds; amounts in the token's smallest unit. */
export interface Meter {
  host: SessionHost;
  channel: ChannelFacts;
  /** What valid receipts add up to. */
  charged: bigint;
  /** What can still be spent. */
  left: bigint;
  /** A call whose answer did not come: it is asked again first, and charged once. */
  hasPending: boolean;
}

type Reader = Pick<PublicClient, 'readContract'>;

/** Every session that was begun, as the chain and this browser's receipts have it. */
export async function readMeters(reader: Reader, deployment: Deployment, sessions: Sessions): Promise<Meter[]> {
  const meters = await Promise.all(
    (await sessions.hosts()).map(async (host) => {
      const record = await sessions.recordOf(host.vault, deployment);
      return record && meterOf(host, record, await readChannel(reader, deployment, record.channelId, record.config));
    }),
  );
  return meters.filter((meter) => meter !== undefined);
}

function meterOf(host: SessionHost, { charged, pending }: ChannelRecord, channel: ChannelFacts): Meter {
  const left = channel.balance > charged ? channel.balance - charged : 0n;
  return { host, channel, charged, left, hasPending: pending !== undefined };
}

/** Can its next call be paid without asking the wallet? */
export const pays = ({ host, channel, left }: Meter, price: bigint): boolean =>
  !host.isStopped && channel.leavableAt === undefined && left >= price;
