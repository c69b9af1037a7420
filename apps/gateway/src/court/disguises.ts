import { factsFromJson, factsToJson } from '@oml/program/facts-json';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { Address, Hex } from 'viem';
import type { DisguiseRow, GatewayStore } from '../store.ts';

/** A proven claim of disguised use against this host. Only a blame answers it. */
export interface Disguise {
  claimId: Hex;
  claimant: Address;
  batch: BatchOpening;
  /** Unix seconds: until then the editions can be blamed. */
  answerBy: number;
  /** Of the receipts of all its hits, in the order in which the court counted them. */
  digests: readonly Hex[];
}

export interface KeptDisguise extends Disguise {
  /** Unix ms; undefined while the court waits for something. */
  endedAt: number | undefined;
}

type Db = Pick<GatewayStore, 'db'>;

/** Writes a claim down. False where it is known. */
export async function addDisguise({ db }: Db, disguise: Disguise): Promise<boolean> {
  const { claimId, claimant, batch, answerBy, digests } = disguise;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('disguise')
    .values({
      claim_id: claimId,
      claimant,
      batch: factsToJson(batch),
      answer_by: answerBy,
      noted_at: Date.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  const hits = digests.map((digest, position) => ({ claim_id: claimId, position, digest }));
  if (hits.length > 0) await db.insertInto('hit').values(hits).execute();
  return true;
}

/** Those that have not ended, oldest first. */
export async function openDisguises({ db }: Db): Promise<Disguise[]> {
  const rows = await db
    .selectFrom('disguise')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('noted_at')
    .orderBy('claim_id')
    .execute();
  return Promise.all(rows.map((row) => withHits({ db }, row)));
}

export async function findDisguise({ db }: Db, claimId: Hex): Promise<KeptDisguise | undefined> {
  const row = await db.selectFrom('disguise').selectAll().where('claim_id', '=', claimId).executeTakeFirst();
  return row && withHits({ db }, row);
}

/** What came of running the hits on the editions that were delivered. */
export interface Look {
  hits: number;
  repeated: number;
}

export async function findLook({ db }: Db, claimId: Hex): Promise<Look | undefined> {
  const row = await db.selectFrom('disguise').select('looked').where('claim_id', '=', claimId).executeTakeFirst();
  return row?.looked ? (JSON.parse(row.looked) as Look) : undefined;
}

export async function noteLook({ db }: Db, claimId: Hex, look: Look): Promise<void> {
  await db
    .updateTable('disguise')
    .set({ looked: JSON.stringify(look) })
    .where('claim_id', '=', claimId)
    .execute();
}

export async function endDisguise({ db }: Db, claimId: Hex): Promise<void> {
  await db.updateTable('disguise').set({ ended_at: Date.now() }).where('claim_id', '=', claimId).execute();
}

async function withHits({ db }: Db, row: DisguiseRow): Promise<KeptDisguise> {
  const hits = await db
    .selectFrom('hit')
    .select('digest')
    .where('claim_id', '=', row.claim_id)
    .orderBy('position')
    .execute();
  return {
    claimId: row.claim_id,
    claimant: row.claimant,
    batch: factsFromJson(row.batch) as BatchOpening,
    answerBy: row.answer_by,
    digests: hits.map(({ digest }) => digest),
    endedAt: row.ended_at ?? undefined,
  };
}
