import 'server-only';
import { hiddenModels, listModeration, takedownOf } from '@oml/db/site/moderation';
import { getModel } from '@oml/db/models';
import type { ShownModeration } from '#moderation/shown-moderation.ts';
import { readIndex } from './index-reader.ts';

const PAGE_SIZE = 50;

/** A page of the log, and where the next one begins. */
export const readModeration = (
  before: bigint | undefined,
): Promise<{ data: { entries: ShownModeration[]; next: bigint | undefined } } | undefined> =>
  readIndex(async (db) => {
    const rows = await listModeration(db, { limit: PAGE_SIZE + 1, ...(before === undefined ? {} : { before }) });
    const entries = rows.slice(0, PAGE_SIZE);
    return { entries, next: rows.length > PAGE_SIZE ? entries.at(-1)!.entryId : undefined };
  });

/** By which entries models are taken down now. */
export const readTakedowns = (): Promise<{ data: ShownModeration[] } | undefined> =>
  readIndex(async (db) => {
    const [ids, now] = [await hiddenModels(db), new Date()];
    const found = await Promise.all(
      ids.slice(0, PAGE_SIZE).map(async (modelId) => {
        const model = await getModel(db, modelId);
        return model && takedownOf(db, model, now);
      }),
    );
    return found.filter((entry) => entry !== undefined);
  });
