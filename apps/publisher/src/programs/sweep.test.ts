import { Driver } from '@oml/program/driver';
import { defineProgram, end, fail, nextOf } from '@oml/program/define-program';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWNER } from '../../test-support/actors.ts';
import { digestOf, openUploadScene, permit, type UploadScene } from '../../test-support/upload-scene.ts';
import { openPublisherStore, type PublisherStore } from '../store.ts';
import { draftBlob, markedBlob } from './publication-files.ts';
import { publication } from './publication.ts';
import { FAILED_GRACE_MS, sweepFailed } from './sweep.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const next = nextOf<{ draft: { attempt: number } }>();
const file = (fill: number) => new Uint8Array(100).fill(fill);

describe.each(DIALECTS)('what a failed publication left, on %s', (dialect) => {
  let place: StorePlace;
  let store: PublisherStore;
  let scene: UploadScene;

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    store = await openPublisherStore(await place.create());
    scene = openUploadScene({ store, folder: mkdtempSync(join(tmpdir(), 'sweep-')) });
  });
  afterEach(() => store.close());

  /** A publication with these files that ends at its second step, well or not. */
  async function ended(how: 'ready' | 'failed', files: Uint8Array<ArrayBuffer>[]): Promise<string> {
    const failure = { code: 'EDIT_INFEASIBLE', message: 'no' } as const;
    const program = defineProgram<{ draft: { attempt: number } }, object, object, 'ready'>()({
      name: publication.name,
      first: next('draft', { attempt: 1 }),
      steps: { draft: async () => (how === 'ready' ? end('ready') : fail(failure)) },
    });
    const ids = files.map(digestOf);
    for (const each of files)
      await scene.app.request(`/uploads/${digestOf(each)}`, {
        method: 'PUT',
        headers: await permit([each]),
        body: each,
      });
    await scene.uploads.name(OWNER.address, ids);
    const driver = new Driver({ store, programs: [program], context: {}, logger: silent });
    const subject = { files: { model: ids[0] }, panel: ids.slice(1) } as unknown as PublishRequestJson;
    const id = await driver.runs.add(program, subject);
    await driver.advance(id);
    for (const attempt of [0, 1])
      for (const blob of [draftBlob, markedBlob]) await scene.blobs.put(blob({ id, attempt }), file(7));
    return id;
  }
  const sweep = (now: number) => sweepFailed({ store, ...scene, logger: silent as never }, now);
  const has = (...files: Uint8Array[]) => Promise.all(files.map((each) => scene.uploads.has(digestOf(each))));
  const later = () => Date.now() + FAILED_GRACE_MS + 60_000;

  it('stays for its grace, then goes: its files, and the uploads that nothing else names', async () => {
    const [model, shared, other] = [file(1), file(2), file(3)];
    const failed = await ended('failed', [model, shared]);
    const ready = await ended('ready', [other, shared]);
    await sweep(Date.now() + FAILED_GRACE_MS - 60_000);
    expect(await scene.blobs.has(markedBlob({ id: failed, attempt: 1 }))).toBe(true);
    await sweep(later());
    for (const attempt of [0, 1]) {
      expect(await scene.blobs.has(draftBlob({ id: failed, attempt }))).toBe(false);
      expect(await scene.blobs.has(markedBlob({ id: failed, attempt }))).toBe(false);
      expect(await scene.blobs.has(markedBlob({ id: ready, attempt }))).toBe(true);
    }
    const ids = (await store.db.selectFrom('run').select('id').execute()).map(({ id }) => id);
    expect(ids).toEqual([ready]);
    // What it named counts again, and lapses as what was never ordered.
    await store.db.updateTable('signed_upload').set({ used_at: 1 }).where('named', '=', 0).execute();
    await sweep(Date.now());
    expect(await has(model, shared, other)).toEqual([false, true, true]);
  });
});
