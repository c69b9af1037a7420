import { OmlError } from '@oml/protocol/error';
import type { ModerationAction } from '@oml/protocol/wire/moderation';
import type { Address } from 'viem';
import type { Database } from '../client.ts';
import { pageSize, storedId, toAddress } from '../columns.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { toText } from '../storable.ts';

/** One line of the public log. */
export interface ModerationRow {
  entryId: bigint;
  modelId: bigint;
  action: ModerationAction;
  operator: Address;
  reason: string;
  at: Date;
  /** A takedown ends by itself then; undefined: when it is put back. */
  until?: Date;
}

export interface Moderation {
  modelId: bigint;
  action: ModerationAction;
  operator: Address;
  reason: string;
  until?: Date;
}

/** Takes a model down or puts it back, in the log for ever. Throws NOT_FOUND, and CONFLICT where it stands so. */
export async function moderate(db: Database, done: Moderation, at: Date): Promise<ModerationRow> {
  const { modelId, action, operator, reason, until } = done;
  const row = await db.$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('moderation'), ${Number(modelId % 2n ** 31n)}::int)`;
    const model = await tx.model.findUnique({
      where: { modelId: storedId(modelId) ?? -1n },
      select: { commitId: true },
    });
    if (!model) throw new OmlError('NOT_FOUND', `There is no model ${modelId}.`);
    const last = await lastEntry(tx, modelId, model.commitId);
    if (isTakenDown(last, at) === (action === 'taken-down'))
      throw new OmlError(
        'CONFLICT',
        `Model ${modelId} is ${action === 'taken-down' ? 'taken down' : 'listed'} already.`,
      );
    const entry = {
      modelId,
      commitId: model.commitId,
      action,
      operator,
      reason: toText(reason),
      at,
      until: until ?? null,
    };
    return tx.moderationEntry.create({ data: entry });
  });
  return rowOf(row);
}

type Stored = Prisma.ModerationEntryGetPayload<object>;

const lastEntry = (db: Pick<Database, 'moderationEntry'>, modelId: bigint, commitId: string): Promise<Stored | null> =>
  db.moderationEntry.findFirst({ where: { modelId, commitId }, orderBy: { entryId: 'desc' } });

const isTakenDown = (last: Stored | null, now: Date): boolean =>
  last?.action === 'taken-down' && (last.until === null || last.until > now);

/** The entry by which a model is taken down now; undefined where it is not. */
export async function takedownOf(
  db: Database,
  { modelId, commitId }: { modelId: bigint; commitId: string },
  now: Date,
): Promise<ModerationRow | undefined> {
  const last = await lastEntry(db, modelId, commitId);
  return last && isTakenDown(last, now) ? rowOf(last) : undefined;
}

/** The log, latest first; `before` is the last entry of the page before. */
export async function listModeration(
  db: Database,
  { before, limit }: { before?: bigint; limit?: number } = {},
): Promise<ModerationRow[]> {
  const rows = await db.moderationEntry.findMany({
    where: before === undefined ? {} : { entryId: { lt: before } },
    orderBy: { entryId: 'desc' },
    take: pageSize(limit),
  });
  return rows.map(rowOf);
}

/** Models that are taken down now, the highest number first. */
export async function hiddenModels(db: Database): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ id: bigint }[]>`select site.hidden_models() as id order by 1 desc`;
  return rows.map(({ id }) => id);
}

function rowOf({ entryId, modelId, action, operator, reason, at, until }: Stored): ModerationRow {
  return {
    entryId,
    modelId,
    action: action as ModerationAction,
    operator: toAddress(operator),
    reason,
    at,
    ...(until ? { until } : {}),
  };
}
