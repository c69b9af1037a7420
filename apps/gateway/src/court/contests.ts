import type { Receipt } from '@oml/protocol/signed/receipt';
import { unsignedFromJson, unsignedToJson } from '@oml/protocol/wire/receipt-json';
import type { Hex } from 'viem';
import type { GatewayStore } from '../store.ts';

/** A claim of unpaid uses against this host, with what the court must be shown again. */
export interface Contest {
  claimId: Hex;
  receipts: readonly Receipt[];
}

/** Writes a contest down. False where it is known. */
export async function addContest({ db }: Pick<GatewayStore, 'db'>, { claimId, receipts }: Contest): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('contest')
    .values({
      claim_id: claimId,
      receipts: JSON.stringify(receipts.map(unsignedToJson)),
      noted_at: Date.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** One that this gateway wrote down, at a time in Unix ms. */
export interface NotedContest extends Contest {
  notedAt: number;
}

/** Those that have not ended, oldest first. */
export async function openContests({ db }: GatewayStore): Promise<NotedContest[]> {
  const rows = await db
    .selectFrom('contest')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('noted_at')
    .orderBy('claim_id')
    .execute();
  return rows.map((row) => ({
    claimId: row.claim_id,
    notedAt: row.noted_at,
    receipts: (JSON.parse(row.receipts) as unknown[]).map(unsignedFromJson),
  }));
}

export async function endContest({ db }: Pick<GatewayStore, 'db'>, claimId: Hex): Promise<void> {
  await db.updateTable('contest').set({ ended_at: Date.now() }).where('claim_id', '=', claimId).execute();
}
