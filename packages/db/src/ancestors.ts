import type { Database, Transaction } from './client.ts';
import { pageSize, storedId } from './columns.ts';
import type { ModelEvent } from './events.ts';

/** A model that another pays on every use. */
export interface AncestorRow {
  modelId: bigint;
  bps: number;
}

/** What an event of the model registry changes in who descends from whom; the parents of a model are `models.ts`. */
export async function projectAncestors(tx: Transaction, { eventName, args }: ModelEvent): Promise<void> {
  if (eventName !== 'LineageFixed') return;
  const { modelId, ancestors } = args;
  await tx.ancestor.createMany({
    data: ancestors.map(({ modelId: ancestorId, bps }) => ({ modelId, ancestorId, bps })),
  });
}

/** The models that a model pays on every use, the largest share first. */
export async function listAncestors(db: Database, modelId: bigint): Promise<AncestorRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const rows = await db.ancestor.findMany({
    where: { modelId: id },
    orderBy: [{ bps: 'desc' }, { ancestorId: 'asc' }],
  });
  return rows.map(({ ancestorId, bps }) => ({ modelId: ancestorId, bps }));
}

/** Models built on a model, directly or not, newest first. */
export async function listDescendants(db: Database, modelId: bigint, limit?: number): Promise<AncestorRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const rows = await db.ancestor.findMany({
    where: { ancestorId: id },
    orderBy: { modelId: 'desc' },
    take: pageSize(limit),
  });
  return rows.map(({ modelId: descendant, bps }) => ({ modelId: descendant, bps }));
}
