import { Driver } from '@oml/program/driver';
import { defineProgram, end, nextOf } from '@oml/program/define-program';
import type { ProgramTables } from '@oml/program/run-tables';
import { openStore } from '@oml/program/store';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import type { ProbeRequest } from '@oml/protocol/wire/probe-request';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { toHex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OUTSIDER, VERIFIER } from '../test-support/actors.ts';
import { Grants } from './http/grants.ts';
import { MintedModels } from './programs/minted-models.ts';
import { publication } from './programs/publication.ts';
import { openPublisherStore, publisherMigrations, type PublisherStore } from './store.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
type OldTables = ProgramTables & { upload: { id: string; bytes: number; used_at: number } };

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

  it('takes over what was uploaded unsigned: it stays where a publication names it, and is nobody’s', async () => {
    const old = await place.create();
    const [named, unnamed] = ['ab'.repeat(32), 'cd'.repeat(32)];
    const before = await openStore<OldTables>(old, publisherMigrations.slice(0, 2), { schema: 'publisher' });
    for (const id of [named, unnamed])
      await before.db.insertInto('upload').values({ id, bytes: 10, used_at: 5 }).execute();
    const driver = new Driver({ store: before, programs: [publication], context: {} as never, logger: silent });
    await driver.runs.add(publication, { files: { model: named } } as PublishRequestJson);
    await before.close();
    const after = await openPublisherStore(old);
    const rows = await after.db.selectFrom('signed_upload').selectAll().orderBy('id').execute();
    await after.close();
    const taken = { signer: '', bytes: 10, held: 10, used_at: 5, done: 1 };
    expect(rows).toEqual([
      { ...taken, id: named, named: 1 },
      { ...taken, id: unnamed, named: 0 },
    ]);
  });

  it('remembers what a batch was given, whoever seals it again', async () => {
    const grants = new Grants(store);
    const opening = { modelId: 1n, release: 2, account: OUTSIDER.address, itemCount: 8 };
    const request = { batchId: toHex(1, { size: 32 }), verifier: VERIFIER.address, opening } as ProbeRequest;
    expect(await grants.find(request)).toBeUndefined();
    expect(await grants.keep(request, 'first', 3)).toEqual({ sealed: 'first' });
    expect(await grants.keep(request, 'second', 4)).toEqual({ sealed: 'first' });
    const account = OUTSIDER.address.toLowerCase();
    expect(await grants.askedOf('1', 2)).toMatchObject([{ account, firstKey: 3, items: 8 }]);
    expect(await grants.askedOf('1', 1)).toEqual([]);
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
