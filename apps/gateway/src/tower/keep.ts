import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { Channel } from '../channel/ledger.ts';
import type { GatewayStore } from '../store.ts';

/** A voucher that was looked at, and when the oldest charge under it was answered (Unix ms). */
export interface Kept extends Channel {
  since: number;
}

/** All hosts together; about a kilobyte each. */
const MOST_CHANNELS = 200_000;
/** What is collected for so long is not handed over again, and forgotten. */
const FORGET_MS = 30 * 24 * 3_600_000;

/**
 * Keeps the highest total of each channel, with the voucher that covers it: all of them, on disk, when this resolves.
 * With a new total its host says since when it waits: what it collected itself meanwhile waits no longer.
 * Throws UNAVAILABLE where there is no room for new ones.
 */
export function keepVouchers(store: GatewayStore, vouchers: readonly Kept[]): Promise<void> {
  return store.transaction(async (db) => {
    const rows = await db
      .selectFrom('channel')
      .select(['channel_id', 'charged'])
      .where(
        'channel_id',
        'in',
        vouchers.map(({ channelId }) => channelId),
      )
      .execute();
    const before = new Map<Hex, bigint>(rows.map(({ channel_id, charged }) => [channel_id, BigInt(charged)]));
    const fresh = vouchers.filter(({ channelId }) => !before.has(channelId));
    if (fresh.length > 0) {
      const { count } = await db
        .selectFrom('channel')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      if (Number(count) + fresh.length > MOST_CHANNELS)
        throw new OmlError('UNAVAILABLE', `This watchtower is full: it keeps ${MOST_CHANNELS} channels.`);
      await db.insertInto('channel').values(fresh.map(rowOf)).execute();
    }
    for (const { channelId, charged, signature, signed, since } of vouchers)
      if ((before.get(channelId) ?? charged) < charged)
        await db
          .updateTable('channel')
          .set({ charged: String(charged), signature: signature!, signed: String(signed), uncollected_since: since })
          .where('channel_id', '=', channelId)
          .execute();
  });
}

const rowOf = ({ channelId, config, charged, signature, signed, since }: Kept) => ({
  channel_id: channelId,
  config: JSON.stringify(config),
  vault: config.receiver,
  client: config.payerAuthorizer,
  charged: String(charged),
  signature: signature!,
  signed: String(signed),
  uncollected_since: since,
  booked: '0',
  distributed: '0',
  created_at: Date.now(),
});

/** Forgets what was collected long ago; a host that charges one of them again hands it over anew. */
export async function forgetOld({ db }: GatewayStore): Promise<void> {
  await db
    .deleteFrom('channel')
    .where('uncollected_since', 'is', null)
    .where('created_at', '<', Date.now() - FORGET_MS)
    .execute();
}

/** What hosts have not collected that answered it before `before` (Unix ms), by vault. */
export async function lateVaults({ db }: GatewayStore, before: number): Promise<Map<Hex, number>> {
  const rows = await db
    .selectFrom('channel')
    .select(['vault', (eb) => eb.fn.countAll<number>().as('count')])
    .where('uncollected_since', '<=', before)
    .where('seen_block', 'is', null)
    .groupBy('vault')
    .execute();
  return new Map(rows.map(({ vault, count }) => [vault, Number(count)]));
}
