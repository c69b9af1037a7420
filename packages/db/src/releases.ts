import type { Hex } from 'viem';
import type { Database, Transaction } from './client.ts';
import { codeBookFields } from './code-books.ts';
import { storedId, toHex } from './columns.ts';
import type { ModelEvent } from './events.ts';
import { toDate } from './storable.ts';

/** One version of a model's weights. */
export interface ReleaseRow {
  release: number;
  commitId: Hex;
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
  size: number;
  bits: number;
  /** Of its commitment, counted over all code books. */
  bookNumber: number;
  weightsDigest: Hex;
  controlPanelDigest: Hex;
  graceEndsAt?: Date;
  tx: Hex;
  releasedAt: Date;
}

/** What an event of the model registry changes in releases; the latest one's columns of a model are `models.ts`. */
export async function projectRelease(
  tx: Transaction,
  { eventName, args, tx: releaseTx, at }: ModelEvent,
): Promise<void> {
  if (eventName !== 'ModelReleased') return;
  const { modelId, release: number, commitId, weightsDigest, controlPanelDigest, graceEndsAt } = args;
  const digests = { weightsDigest, controlPanelDigest };
  const grace = graceEndsAt === 0 ? {} : { graceEndsAt: toDate(BigInt(graceEndsAt)) };
  await tx.release.create({
    data: { modelId, number: BigInt(number), commitId, ...digests, ...grace, releaseTx, releasedAt: at },
  });
}

/** Every release of a model, newest first, 200 at most. */
export async function listReleases(db: Database, modelId: bigint): Promise<ReleaseRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const rows = await db.release.findMany({
    where: { modelId: id },
    include: { codeBook: true },
    orderBy: { number: 'desc' },
    take: 200,
  });
  return rows.map(
    ({ number, commitId, weightsDigest, controlPanelDigest, graceEndsAt, releaseTx, releasedAt, codeBook }) => ({
      release: Number(number),
      commitId: toHex(commitId),
      ...codeBookFields(codeBook),
      weightsDigest: toHex(weightsDigest),
      controlPanelDigest: toHex(controlPanelDigest),
      ...(graceEndsAt ? { graceEndsAt } : {}),
      tx: toHex(releaseTx),
      releasedAt,
    }),
  );
}
