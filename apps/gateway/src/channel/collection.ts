import { sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { GatewayStore } from '../store.ts';
import { channelOf, type Channel } from './ledger.ts';

// Which charges are not known to be booked for good.

export interface Due {
  /** Charges that were answered before this (Unix ms). */
  before: number;
  /** Or channels that owe more than this. */
  above: bigint;
  /** The most of one vault: the others come in the next round. */
  mostOfVault: number;
}

/** Channels to be collected now, by vault; the contested ones first, whatever their age. */
export async function dueChannels(
  { db }: GatewayStore,
  { before, above, mostOfVault }: Due,
): Promise<Map<Address, Channel[]>> {
  const inTurn = sql<number>`row_number() over (
    partition by vault order by case when contested_at is null then 1 else 0 end, uncollected_since, channel_id
  )`;
  const rows = await db
    .selectFrom((from) =>
      from
        .selectFrom('channel')
        .selectAll()
        .select(inTurn.as('turn'))
        .where('uncollected_since', 'is not', null)
        .where('seen_block', 'is', null)
        .where(({ eb, or }) => or([eb('retry_at', 'is', null), eb('retry_at', '<=', Date.now())]))
        .where(({ eb, or }) =>
          or([
            eb('contested_at', 'is not', null),
            eb('uncollected_since', '<=', before),
            sql<boolean>`cast(charged as numeric) - cast(booked as numeric) > cast(${String(above)} as numeric)`,
          ]),
        )
        .as('due'),
    )
    .selectAll()
    .where('turn', '<=', mostOfVault)
    .orderBy('turn')
    .execute();
  return Map.groupBy(rows.map(channelOf), ({ config }) => config.receiver);
}

/** These hold less than they were charged, so that nobody can collect them: they are looked at again then (Unix ms). */
export async function putOff({ db }: GatewayStore, channels: readonly Channel[], until: number): Promise<void> {
  if (channels.length === 0) return;
  const ids = channels.map(({ channelId }) => channelId);
  await db.updateTable('channel').set({ retry_at: until }).where('channel_id', 'in', ids).execute();
}

/** When the oldest charge was answered that is not known to be booked for good (Unix ms). */
export async function oldestUncollected({ db }: GatewayStore): Promise<number | undefined> {
  const row = await db
    .selectFrom('channel')
    .select((eb) => eb.fn.min('uncollected_since').as('since'))
    .executeTakeFirst();
  return row?.since == null ? undefined : Number(row.since);
}

/** Channels whose collection was seen in a block that is final now. */
export async function sightedChannels({ db }: GatewayStore, deepest: bigint): Promise<(Channel & { seen: bigint })[]> {
  const rows = await db.selectFrom('channel').selectAll().where('seen_block', '<=', Number(deepest)).execute();
  return rows.map((row) => ({ ...channelOf(row), seen: BigInt(row.seen!) }));
}

/** The vault's ledger showed the total that had been charged at that time. */
export async function noteCollected(
  { db }: GatewayStore,
  channelId: Hex,
  { total, block, at }: { total: bigint; block: bigint; at: number },
): Promise<void> {
  await db
    .updateTable('channel')
    .set({ seen: String(total), seen_block: Number(block), seen_at: at })
    .where('channel_id', '=', channelId)
    .execute();
}

/** It shows it no more. */
export async function dropSighting({ db }: GatewayStore, channelId: Hex): Promise<void> {
  await db
    .updateTable('channel')
    .set({ seen: null, seen_block: null, seen_at: null })
    .where('channel_id', '=', channelId)
    .execute();
}

/** It is booked, as of this block, and deep enough to count as final. What was charged meanwhile waits since then. */
export async function markCollected(
  store: GatewayStore,
  channelId: Hex,
  { total, block }: { total: bigint; block: bigint },
): Promise<void> {
  const done = { booked: String(total), booked_block: Number(block), seen: null, seen_block: null, seen_at: null };
  await store.transaction(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('channel')
      .set((row) => ({
        ...done,
        collected_since: row.ref('uncollected_since'),
        uncollected_since: null,
        contested_at: null,
      }))
      .where('channel_id', '=', channelId)
      .where('charged', '=', String(total))
      .executeTakeFirst();
    if (numUpdatedRows === 0n)
      await db
        .updateTable('channel')
        .set((row) => ({
          ...done,
          collected_since: row.ref('uncollected_since'),
          uncollected_since: row.ref('seen_at'),
        }))
        .where('channel_id', '=', channelId)
        .execute();
  });
}

/** A channel, and which total of it counts as booked for good. */
export interface CollectedChannel extends Channel {
  booked: bigint;
}

/** Channels of which something does: of these names, or all where that was seen in a block above one. */
export async function collectedChannels(
  { db }: GatewayStore,
  which: { above: bigint } | { ids: readonly Hex[] },
): Promise<CollectedChannel[]> {
  const rows = await db
    .selectFrom('channel')
    .selectAll()
    .where('booked', '<>', '0')
    .where(({ eb }) =>
      'above' in which ? eb('booked_block', '>', Number(which.above)) : eb('channel_id', 'in', which.ids),
    )
    .execute();
  return rows.map((row) => ({ ...channelOf(row), booked: BigInt(row.booked) }));
}

/** The vault's ledger shows only so much of it any more: the rest is collected again, and all is split again. */
export async function uncollect({ db }: GatewayStore, channelId: Hex, booked: bigint): Promise<void> {
  const now = Date.now();
  await db
    .updateTable('channel')
    .set((row) => ({
      booked: String(booked),
      booked_block: null,
      distributed: '0',
      retry_at: null,
      seen: null,
      seen_block: null,
      seen_at: null,
      // What waits now is as old as what was collected then.
      uncollected_since: row.fn.coalesce('collected_since', 'uncollected_since', row.val(now)),
    }))
    .where('channel_id', '=', channelId)
    .execute();
}

/** A rollback left it booked, in a block up to this one; whether it left it split is looked up. */
export async function stillCollected({ db }: GatewayStore, channelId: Hex, block: bigint): Promise<void> {
  await db
    .updateTable('channel')
    .set({ booked_block: Number(block), distributed: '0' })
    .where('channel_id', '=', channelId)
    .execute();
}

/** A channel's money that is booked for good and was not split. */
export interface Unsplit {
  channelId: Hex;
  vault: Address;
  booked: string;
}

export async function unsplitChannels({ db }: GatewayStore): Promise<Unsplit[]> {
  return db
    .selectFrom('channel')
    .select(['channel_id as channelId', 'vault', 'booked'])
    .whereRef('booked', '<>', 'distributed')
    .execute();
}

/** So much was booked before the vaults were split; what was booked meanwhile waits for the next time. */
export async function markSplit({ db }: GatewayStore, channels: readonly Unsplit[]): Promise<void> {
  for (const { channelId, booked } of channels)
    await db.updateTable('channel').set({ distributed: booked }).where('channel_id', '=', channelId).execute();
}

/**
 * Forgets single charges that no rollback reaches any more and of whose answer nothing is kept. The channel's total
 * stays, so that none of them can be charged again.
 */
export async function purgeCharges({ db }: Pick<GatewayStore, 'db'>): Promise<void> {
  await db
    .deleteFrom('charge')
    .where('state', '=', 'answered')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('channel')
          .select('channel.channel_id')
          .whereRef('channel.channel_id', '=', 'charge.channel_id')
          .where(sql<boolean>`cast(charge.cumulative as numeric) <= cast(channel.booked as numeric)`),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('answer')
            .select('answer.use_ref')
            .whereRef('answer.use_ref', '=', 'charge.use_ref')
            .where(({ or, eb }) => or([eb('answer.outcome', 'is not', null), eb('answer.asked', 'is not', null)])),
        ),
      ),
    )
    .execute();
}

/** A receipt of this channel was claimed to be unpaid. */
export async function markChannelContested({ db }: Pick<GatewayStore, 'db'>, channelId: Hex): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('channel')
    .set({ contested_at: Date.now() })
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
