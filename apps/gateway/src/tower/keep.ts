import type { Transaction } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Channel } from '../channel/ledger.ts';
import type { GatewayStore, Tables } from '../store.ts';

/** A voucher that was looked at, and when the oldest charge under it was answered (Unix ms). */
export interface Kept extends Channel {
  since: number;
}

/** All hosts together; about a kilobyte each. */
const MOST_CHANNELS = 200_000;

/** As many channels may each of so many hosts have: what one hands over takes no other's room. */
export const shareOf = (hosts: number): number => Math.max(1, Math.floor(MOST_CHANNELS / hosts));

/** What is collected for so long is not handed over again, and forgotten. */
const FORGET_MS = 30 * 24 * 3_600_000;

/** Whose vouchers they are, and how many channels that host may have. */
export interface Owner {
  host: Address;
  share: number;
}

/**
 * Keeps the highest total of each channel, with the voucher that covers it: all of them, on disk, when this resolves,
 * but for those that it says there was no room for. With a new total its host says since when it waits: what it
 * collected itself meanwhile waits no longer.
 */
export function keepVouchers(store: GatewayStore, owner: Owner, vouchers: readonly Kept[]): Promise<Kept[]> {
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
    for (const { channelId, charged, signature, signed, since } of vouchers)
      if ((before.get(channelId) ?? charged) < charged)
        await db
          .updateTable('channel')
          .set({
            charged: String(charged),
            signature: signature!,
            signed: String(signed),
            uncollected_since: since,
            host: owner.host,
          })
          .where('channel_id', '=', channelId)
          .execute();
    const fresh = vouchers.filter(({ channelId }) => !before.has(channelId));
    const room = await makeRoom(db, owner, fresh.length);
    const rowsOf = fresh.slice(0, room).map((kept) => rowOf(kept, owner.host));
    if (rowsOf.length > 0) await db.insertInto('channel').values(rowsOf).execute();
    return fresh.slice(room);
  });
}

/** Room for so many channels of a host, or as many as there are; what it has collected long ago makes some. */
async function makeRoom(db: Transaction<Tables>, { host, share }: Owner, wanted: number): Promise<number> {
  if (wanted === 0) return 0;
  const { count } = await db
    .selectFrom('channel')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('host', '=', host)
    .executeTakeFirstOrThrow();
  const missing = Number(count) + wanted - share;
  if (missing <= 0) return wanted;
  const collected = await db
    .selectFrom('channel')
    .select('channel_id')
    .where('host', '=', host)
    .where('uncollected_since', 'is', null)
    .orderBy('created_at')
    .limit(missing)
    .execute();
  const ids = collected.map(({ channel_id }) => channel_id);
  if (ids.length > 0) await db.deleteFrom('channel').where('channel_id', 'in', ids).execute();
  return Math.max(0, wanted - missing + ids.length);
}

const rowOf = ({ channelId, config, charged, signature, signed, since }: Kept, host: Address) => ({
  host,
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
