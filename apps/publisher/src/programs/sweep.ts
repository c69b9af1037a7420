import { Runs, type RunOf } from '@oml/program/runs';
import type { Logger } from '@oml/service/logger';
import type { Blobs } from '../files/blobs.ts';
import type { Uploads } from '../http/uploads.ts';
import type { PublisherStore } from '../store.ts';
import { publication } from './publication.ts';
import { attemptBlobs } from './publication-files.ts';

type PublicationRun = RunOf<typeof publication>;

/** A failed publication is taken up by its order again, for so long. */
export const FAILED_GRACE_MS = 7 * 24 * 3_600_000;
/** Asked of the store at once. */
const MOST = 10_000;

interface Sweeping {
  store: PublisherStore;
  blobs: Blobs;
  uploads: Uploads;
  logger: Logger;
}

/**
 * Takes away what publications left that failed longer ago than the grace, and what they alone named of the uploads,
 * which then lapse as any other. The same order begins anew after that; the chain still knows what it committed.
 */
export async function sweepFailed({ store, blobs, uploads, logger }: Sweeping, now = Date.now()): Promise<void> {
  const runs = new Runs(store);
  const before = now - FAILED_GRACE_MS;
  for (const run of await runs.list([publication], { state: 'failed', limit: MOST })) {
    if ((await endOf(runs, run)) >= before) continue;
    const { attempt = 0 } = run.at.facts as { attempt?: number };
    for (let i = 0; i <= attempt; i++)
      for (const name of attemptBlobs({ id: run.id, attempt: i })) await blobs.delete(name);
    await forgetRun(store, run.id);
    logger.info({ publicationId: run.id, err: run.error }, 'a publication that failed was taken away');
  }
  const left = await runs.list([publication], { limit: MOST });
  await uploads.sweep(new Set(left.flatMap(({ subject }) => filesOf(subject))), before);
}

const filesOf = ({ files, panel = [] }: PublicationRun['subject']): string[] => [...Object.values(files), ...panel];

async function endOf(runs: Runs, { id, createdAt }: PublicationRun): Promise<number> {
  return Math.max(createdAt, ...(await runs.steps(id)).map(({ at }) => at));
}

/** Forgets a run that failed, unless its order came again meanwhile. */
export async function forgetRun(store: PublisherStore, id: string): Promise<void> {
  await store.transaction(async (db) => {
    const failed = await db
      .updateTable('run')
      .set({ wait_until: 0 })
      .where('id', '=', id)
      .where('state', '=', 'failed')
      .executeTakeFirst();
    if (failed.numUpdatedRows === 0n) return;
    await db.deleteFrom('run_step').where('run_id', '=', id).execute();
    await db.deleteFrom('run_key').where('run_id', '=', id).execute();
    await db.deleteFrom('run').where('id', '=', id).execute();
  });
}
