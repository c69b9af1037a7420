import { sql } from 'kysely';
import { BlockNotFoundError, type Hex, type PublicClient } from 'viem';
import type { GatewayStore } from '../store.ts';

/** A block as it was when somebody looked. */
export interface Checkpoint {
  number: bigint;
  hash: Hex;
}

/** So many of the newest blocks are all kept; before them, of every so many one. */
const DENSE = 64;
/** Above two weeks of 12-second blocks, as long as a use may be claimed. */
const KEPT = 120_000;

/** All that are kept, newest first. */
export async function checkpointsOf({ db }: GatewayStore): Promise<Checkpoint[]> {
  const rows = await db.selectFrom('checkpoint').selectAll().orderBy('number', 'desc').execute();
  return rows.map(({ number, hash }) => ({ number: BigInt(number), hash }));
}

export async function newestCheckpoint({ db }: GatewayStore): Promise<Checkpoint | undefined> {
  const row = await db.selectFrom('checkpoint').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst();
  return row && { number: BigInt(row.number), hash: row.hash };
}

/** Keeps one, and thins out the old ones. */
export async function keepCheckpoint({ db }: GatewayStore, { number, hash }: Checkpoint): Promise<void> {
  const row = { number: Number(number), hash };
  await db
    .insertInto('checkpoint')
    .values(row)
    .onConflict((conflict) => conflict.column('number').doUpdateSet({ hash }))
    .execute();
  const aged = row.number - DENSE;
  await db
    .deleteFrom('checkpoint')
    .where('number', '<', aged)
    .where(({ or, and, eb, exists, selectFrom }) =>
      or([
        eb('number', '<', row.number - KEPT),
        and([
          eb('number', '>=', aged - 4 * DENSE), // the older ones are thin already
          exists(
            selectFrom('checkpoint as before')
              .select('before.number')
              .whereRef('before.number', '<', 'checkpoint.number')
              .where(sql<boolean>`before.number >= checkpoint.number - checkpoint.number % ${sql.lit(DENSE)}`),
          ),
        ]),
      ]),
    )
    .execute();
}

/** Forgets those that a rollback dropped. */
export async function dropCheckpoints({ db }: GatewayStore, above: bigint): Promise<void> {
  await db.deleteFrom('checkpoint').where('number', '>', Number(above)).execute();
}

/** Is the block still what it was? Undefined where the node does not know one of that number: it may lag. */
export async function stands(
  client: Pick<PublicClient, 'getBlock'>,
  { number, hash }: Checkpoint,
): Promise<boolean | undefined> {
  try {
    return (await client.getBlock({ blockNumber: number })).hash === hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}
