import { Driver } from '@oml/program/driver';
import { defineProgram, end, nextOf } from '@oml/program/define-program';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import type { ProbeRequest } from '@oml/protocol/wire/probe-request';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OUTSIDER, VERIFIER } from '../test-support/actors.ts';
import { Blobs } from './files/blobs.ts';
import { folderFiles } from './files/folder-files.ts';
import { ownerSecret } from './files/owner-secret.ts';
import { Grants } from './http/grants.ts';
import { Uploads } from './http/uploads.ts';
import { MintedModels } from './programs/minted-models.ts';
import { publication } from './programs/publication.ts';
import { openPublisherStore, type PublisherStore } from './store.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const bytes = (fill: number) => new Uint8Array(10).fill(fill);

describe.each(DIALECTS)('the store of a publisher on %s', (dialect) => {
  let place: StorePlace;
  let url: string;
  let store: PublisherStore;

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    url = await place.create();
    store = await openPublisherStore(url);
  });
  afterEach(() => store.close());

  it('keeps uploads that a publication names, and of the others the newest', async () => {
    const blobs = new Blobs(folderFiles(mkdtempSync(join(tmpdir(), 'uploads-'))), ownerSecret(toHex(1, { size: 32 })));
    const uploads = new Uploads(store, blobs, 15);
    const { uploadId: named } = await uploads.put(bytes(1));
    const request = { files: { model: named } } as PublishRequestJson;
    await new Driver({ store, programs: [publication], context: {} as never, logger: silent }).runs.add(
      publication,
      request,
    );
    const { uploadId: old } = await uploads.put(bytes(2));
    await store.db.updateTable('upload').set({ used_at: 1 }).where('id', '=', old).execute();
    const { uploadId: fresh } = await uploads.put(bytes(3));
    expect(await Promise.all([named, old, fresh].map((id) => uploads.has(id)))).toEqual([true, false, true]);
    expect(await uploads.get(fresh)).toEqual(bytes(3));
  });

  it('remembers what a batch was given, whoever seals it again', async () => {
    const grants = new Grants(store);
    const opening = { modelId: 1n, itemCount: 8 };
    const request = { batchId: toHex(1, { size: 32 }), verifier: VERIFIER.address, opening } as ProbeRequest;
    expect(await grants.find(request)).toBeUndefined();
    expect(await grants.keep(request, 'first')).toEqual({ sealed: 'first' });
    expect(await grants.keep(request, 'second')).toEqual({ sealed: 'first' });
    expect(await grants.countSince(VERIFIER.address, 0)).toBe(1);
    expect(await grants.countSince(VERIFIER.address, Date.now() + 1_000)).toBe(0);
    expect(await grants.countSince(OUTSIDER.address, 0)).toBe(0);
  });

  it('finds minted models by id, and lists them in the order of their publications', async () => {
    // What a publication leaves behind, without its work.
    const next = nextOf<{ mint: { attempt: number } }>();
    const minting = defineProgram<{ mint: { attempt: number } }, object, { name: string }, 'ready'>()({
      name: publication.name,
      first: next('mint', { attempt: 2 }),
      steps: { mint: async ({ subject }) => end('ready', { keys: { modelId: subject.name } }) },
    });
    const driver = new Driver({ store, programs: [minting], context: {}, logger: silent });
    for (const [i, name] of ['8', '7'].entries()) {
      await driver.runs.add(minting, { name }, `publication-${name}`);
      await store.db.updateTable('run').set({ created_at: i }).where('id', '=', `publication-${name}`).execute();
      await driver.advance(`publication-${name}`);
    }
    await store.close();
    store = await openPublisherStore(url);
    const minted = new MintedModels(store);
    expect((await minted.list()).map(({ modelId }) => modelId)).toEqual(['8', '7']);
    expect(await minted.find('7')).toMatchObject({ id: 'publication-7', modelId: '7', attempt: 2 });
    expect(await minted.find('9')).toBeUndefined();
  });
});
