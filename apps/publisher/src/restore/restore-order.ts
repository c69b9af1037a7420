import type { Driver } from '@oml/program/driver';
import { OmlError, isOmlErrorCode } from '@oml/protocol/error';
import { bodyHash } from '@oml/protocol/signed/publish-request';
import { publishRequestSchema } from '@oml/protocol/wire/publish-request';
import { readRequest } from '@oml/protocol/wire/read-request';
import { releaseOrderSchema } from '@oml/protocol/wire/release-order';
import { sleep } from '@oml/service/wait';
import { filledIn } from '../http/release-orders.ts';
import type { NamedFile } from '../owner/model-folder.ts';
import { publication } from '../programs/publication.ts';
import { publicationOrderSchema, type PublicationFacts, type PublicationOrder } from '../programs/publication-facts.ts';
import { forgetRun } from '../programs/sweep.ts';
import type { PublisherContext } from '../publisher.ts';
import type { PublisherStore } from '../store.ts';

const POLL_MS = 500;

export interface Restoring {
  context: PublisherContext;
  store: PublisherStore;
  driver: Driver<PublisherContext>;
  /** Files that were given again, by SHA-256. */
  files: ReadonlyMap<string, NamedFile>;
}

export interface RestoredRelease {
  modelId: string;
  release: number;
  publicationId: string;
  /** Are the marked weights those that the chain names? If not, this machine computes otherwise than the first one. */
  sameWeights: boolean;
}

/**
 * Carries a publication out again from its order and its files, and finds on chain all that it sent before; nothing is
 * sent. Throws REQUEST_INVALID for what is no order, and NOT_FOUND, naming it, for a file that is missing, or where the
 * chain knows nothing of the code book that comes out.
 */
export async function restoreOrder(json: unknown, restoring: Restoring): Promise<RestoredRelease> {
  const { context, driver } = restoring;
  const publicationId = bodyHash(json).slice(2);
  const known = await driver.runs.find(publication, publicationId);
  if (known?.state !== 'done') {
    const order = await orderOf(json, context);
    await bringFiles(order, restoring);
    await driver.runs.add(publication, order, publicationId);
    await runToEnd(publicationId, restoring);
  }
  const run = await driver.runs.get(publication, publicationId);
  const place = [...(await context.minted.releases()).values()].flat().find(({ id }) => id === publicationId);
  if (!place) throw new OmlError('NOT_FOUND', `Publication ${publicationId} ended without a model.`);
  const facts = run.at.facts as PublicationFacts;
  const onChain = await context.registration.released(facts.commitId);
  const { modelId, release } = place;
  if (run.subject.demo) await context.demos.forget(modelId);
  await context.recipients.forget(modelId);
  await context.canaries.retire({ modelId, release });
  return { modelId, release, publicationId, sameWeights: onChain?.weightsDigest === facts.weightsDigest };
}

async function orderOf(json: unknown, { minted }: PublisherContext): Promise<PublicationOrder> {
  if (!(json instanceof Object && 'after' in json)) {
    readRequest(publishRequestSchema, json, 'The order of a publication is refused');
    return json as PublicationOrder;
  }
  const order = readRequest(releaseOrderSchema, json, 'The order of a release is refused');
  const before = await minted.find(String(order.modelId), order.after);
  if (before) return filledIn(order, before);
  throw new OmlError(
    'NOT_FOUND',
    `Restore release ${order.after} of model ${order.modelId} first: what the order does not say is as it was there.`,
  );
}

async function bringFiles(json: PublicationOrder, { context, files }: Restoring): Promise<void> {
  const order = publicationOrderSchema.parse(json);
  const named = Object.entries(order.files).map(([part, id]) => [`files.${part}`, id] as const);
  const panel = order.panel.map((id) => ['panel', id] as const);
  for (const [part, uploadId] of [...named, ...panel]) {
    if (await context.uploads.has(uploadId)) continue;
    const file = files.get(uploadId);
    if (!file)
      throw new OmlError('NOT_FOUND', `No folder has the file with the SHA-256 ${uploadId} (${part} of the order).`, {
        details: { part, uploadId },
      });
    await context.uploads.restore(order.owner, uploadId, file.bytes);
  }
}

async function runToEnd(id: string, { driver, store }: Restoring): Promise<void> {
  for (;;) {
    await driver.advance(id);
    const { state, error } = await driver.runs.get(publication, id);
    if (state === 'done') return;
    if (state === 'failed') {
      await forgetRun(store, id);
      const { code, message } = error!;
      throw new OmlError(isOmlErrorCode(code) ? code : 'INTERNAL', message, { retryable: false });
    }
    await sleep(POLL_MS);
  }
}
