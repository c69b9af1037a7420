import type { Database } from './client.ts';
import { fromAmount, toAmount } from './columns.ts';
import type { TitleBondRow } from './rows.ts';

/** What vouches for a model's title; undefined where nobody ever posted. */
export async function titleBondOf(db: Database, modelId: bigint): Promise<TitleBondRow | undefined> {
  const row = await db.titleBond.findUnique({ where: { modelId: fromAmount(modelId) } });
  if (!row) return undefined;
  return {
    bond: toAmount(row.bond),
    reserved: toAmount(row.reserved),
    leaving: toAmount(row.leaving),
    ...(row.leavableAt ? { leavableAt: row.leavableAt } : {}),
  };
}
