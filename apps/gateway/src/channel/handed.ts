import { MOST_VOUCHERS } from '@oml/protocol/wire/voucher-export';
import type { Address } from 'viem';
import type { GatewayStore } from '../store.ts';
import { channelOf, type Channel } from './ledger.ts';

// Which totals of channels a watchtower has on its disk.

/** A channel with something to collect, and when the oldest charge of that was answered (Unix ms). */
export interface Owing {
  channel: Channel;
  since: number;
}

/** A watchtower, and the name of the store that it has: with another one it has nothing of what it was given. */
export interface TowerStore {
  url: string;
  mark: string;
}

const owing = ({ db }: GatewayStore, { url, mark }: TowerStore) =>
  db
    .selectFrom('channel')
    .leftJoin('handed', (join) =>
      join
        .onRef('handed.channel_id', '=', 'channel.channel_id')
        .on('handed.tower', '=', url)
        .on('handed.mark', '=', mark),
    )
    .where('uncollected_since', 'is not', null)
    .where('signature', 'is not', null)
    .where(({ eb, or, ref }) => or([eb('handed.total', 'is', null), eb('handed.total', '<>', ref('channel.charged'))]));

/** As many as are handed over at once, the longest waiting first; `skip` of them were just refused. */
export async function owingChannels(
  store: GatewayStore,
  tower: TowerStore,
  { vaults, skip }: { vaults: Address[]; skip: number },
): Promise<Owing[]> {
  if (vaults.length === 0) return [];
  const rows = await owing(store, tower)
    .selectAll('channel')
    .where('vault', 'in', vaults)
    .orderBy('uncollected_since')
    .orderBy('channel.channel_id')
    .limit(MOST_VOUCHERS)
    .offset(skip)
    .execute();
  return rows.map((row) => ({ channel: channelOf(row), since: row.uncollected_since! }));
}

/** How many there are of which the tower does not have the newest total. */
export async function countOwing(store: GatewayStore, tower: TowerStore): Promise<number> {
  const { count } = await owing(store, tower)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The tower has these totals on its disk. */
export async function noteHandedOver(
  { db }: GatewayStore,
  { url: tower, mark }: TowerStore,
  channels: readonly Channel[],
): Promise<void> {
  if (channels.length === 0) return;
  await db
    .insertInto('handed')
    .values(channels.map(({ channelId, charged }) => ({ tower, channel_id: channelId, total: String(charged), mark })))
    .onConflict((conflict) =>
      conflict
        .columns(['tower', 'channel_id'])
        .doUpdateSet((row) => ({ total: row.ref('excluded.total'), mark: row.ref('excluded.mark') })),
    )
    .execute();
}
