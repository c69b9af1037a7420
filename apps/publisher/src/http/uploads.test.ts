import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OUTSIDER, OWNER, VERIFIER } from '../../test-support/actors.ts';
import {
  digestOf,
  openUploadScene,
  permit,
  PUBLISHER,
  type UploadScene,
  type UploadSceneOptions,
} from '../../test-support/upload-scene.ts';
import { openPublisherStore, type PublisherStore } from '../store.ts';

const bytes = (fill: number, length = 100) => new Uint8Array(length).fill(fill);
/** The same permission, said of this publisher. */
const forPublisher = (headers: Record<string, string>) => {
  const permission = JSON.parse(atob(headers['oml-upload-permission']!)) as object;
  return { ...headers, 'oml-upload-permission': btoa(JSON.stringify({ ...permission, publisher: PUBLISHER })) };
};
const now = () => Math.floor(Date.now() / 1000);

describe.each(DIALECTS)('uploads on %s', (dialect) => {
  let place: StorePlace;
  let store: PublisherStore;
  let folder: string;
  let scene: UploadScene;

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    store = await openPublisherStore(await place.create());
    folder = mkdtempSync(join(tmpdir(), 'uploads-'));
    scene = openUploadScene({ store, folder });
  });
  afterEach(() => store.close());
  const limited = (limits: Omit<UploadSceneOptions, 'store' | 'folder'>) =>
    void (scene = openUploadScene({ store, folder, ...limits }));

  interface Sent {
    status: number;
    code?: string;
    held?: number;
  }
  async function put(
    file: Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
    { body = file, id = digestOf(file) }: { body?: Uint8Array<ArrayBuffer>; id?: string } = {},
  ): Promise<Sent> {
    const answer = await scene.app.request(`/uploads/${id}`, { method: 'PUT', headers, body });
    return { status: answer.status, ...((await answer.json()) as object) };
  }
  async function held(file: Uint8Array, headers: Record<string, string>): Promise<Sent> {
    const answer = await scene.app.request(`/uploads/${digestOf(file)}`, { headers });
    return { status: answer.status, ...((await answer.json()) as object) };
  }
  const range = (headers: Record<string, string>, first: number, last: number, size = 100) => ({
    ...headers,
    'content-range': `bytes ${first}-${last}/${size}`,
  });
  const has = (...files: Uint8Array[]) => Promise.all(files.map((file) => scene.uploads.has(digestOf(file))));

  it('are stored with their owner’s permission, and the same again changes nothing', async () => {
    const file = bytes(1);
    const headers = await permit([bytes(9), file]);
    expect(await held(file, headers)).toMatchObject({ status: 200, held: 0 });
    expect(await put(file, headers)).toMatchObject({ status: 201, held: 100 });
    expect(await put(file, headers, { body: bytes(2) })).toMatchObject({ status: 201, held: 100 });
    expect(await scene.uploads.get(digestOf(file))).toEqual(file);
    expect(readdirSync(join(folder, 'drafts'))).toEqual([]);
  });

  it('are refused before a byte is read without a permission, or with a wrong one', async () => {
    const file = bytes(1);
    const good = await permit([file]);
    const other = await permit([file], VERIFIER);
    const refused: [Record<string, string>, string][] = [
      [{}, 'UNAUTHORIZED'],
      [{ 'oml-upload-permission': good['oml-upload-permission']! }, 'UNAUTHORIZED'],
      [{ ...good, 'oml-signature': other['oml-signature']! }, 'UNAUTHORIZED'],
      [{ ...good, 'oml-signature': '0x12' }, 'SIGNATURE_INVALID'],
      [await permit([file], OUTSIDER), 'UNAUTHORIZED'],
      [await permit([bytes(2)]), 'UNAUTHORIZED'],
      [await permit([file], OWNER, { publisher: 'https://other.example' }), 'UNAUTHORIZED'],
      [forPublisher(await permit([file], OWNER, { publisher: 'https://other.example' })), 'UNAUTHORIZED'],
      [await permit([file], OWNER, { expiresAt: now() - 1 }), 'UNAUTHORIZED'],
      [await permit([file], OWNER, { expiresAt: now() + 9_000 }), 'UNAUTHORIZED'],
    ];
    for (const [headers, code] of refused) {
      let wasRead = false;
      const body = new ReadableStream({ pull: () => void (wasRead = true) }, { highWaterMark: 0 });
      const init = { method: 'PUT', headers, body, duplex: 'half' } as RequestInit;
      const answer = await scene.app.request(`/uploads/${digestOf(file)}`, init);
      expect([answer.status, ((await answer.json()) as { code: string }).code, wasRead]).toEqual([401, code, false]);
      expect(answer.headers.get('connection')).toBe('close');
    }
    const files = [{ uploadId: 'x', bytes: 1 }];
    const forged = JSON.stringify({ signer: OWNER.address, publisher: PUBLISHER, files, expiresAt: 1 });
    expect((await put(file, { ...good, 'oml-upload-permission': btoa(forged) })).status).toBe(400);
    expect(await has(file)).toEqual([false]);
  });

  it('that a permission was replayed for are of its digest and length and no other', async () => {
    const file = bytes(1);
    const headers = await permit([file]);
    expect(await put(file, headers, { body: bytes(2) })).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(await put(file, headers, { body: bytes(1, 101) })).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect((await put(bytes(2), headers)).status).toBe(401);
    expect(await has(file, bytes(2))).toEqual([false, false]);
    expect(await put(file, headers)).toMatchObject({ status: 201 });
  });

  it('go on where they stopped, at any byte, and nowhere else', async () => {
    const file = new Uint8Array(100).map((_, i) => i);
    const headers = await permit([file]);
    const part = (first: number, last: number) =>
      put(file, range(headers, first, last), { body: file.slice(first, last + 1) });
    expect(await part(0, 36)).toMatchObject({ status: 202, held: 37 });
    expect(await part(40, 99)).toMatchObject({ status: 409, code: 'CONFLICT', held: 37 });
    scene = openUploadScene({ store, folder });
    expect(await held(file, headers)).toMatchObject({ held: 37 });
    expect(await part(37, 60)).toMatchObject({ status: 202, held: 61 });
    const [draft] = readdirSync(join(folder, 'drafts'));
    expect(readFileSync(join(folder, 'drafts', draft!)).includes(Buffer.from(file.slice(0, 16)))).toBe(false);
    expect(await part(61, 99)).toMatchObject({ status: 201, held: 100 });
    expect(await scene.uploads.get(digestOf(file))).toEqual(file);
    expect((await put(file, range(headers, 0, 99, 101))).status).toBe(400);
  });

  it('keep what arrived of one that broke off', async () => {
    const file = bytes(3);
    const headers = await permit([file]);
    let sent = 0;
    const body = new ReadableStream({
      pull: (stream) => (sent++ === 0 ? stream.enqueue(file.slice(0, 30)) : stream.error(new Error('reset'))),
    });
    const init = { method: 'PUT', headers, body, duplex: 'half' } as RequestInit;
    await scene.app.request(`/uploads/${digestOf(file)}`, init);
    expect(await held(file, headers)).toMatchObject({ held: 30 });
    expect(await put(file, range(headers, 30, 99), { body: file.slice(30) })).toMatchObject({ status: 201 });
  });

  it('over a signer’s room put out that signer’s oldest, and never a stranger’s or what a publication names', async () => {
    limited({ room: { signerBytes: 250, signerFiles: 3 } });
    const [named, mine, theirs] = [bytes(1), bytes(2), bytes(3)];
    await put(named, await permit([named]));
    await scene.uploads.name(OWNER.address, [digestOf(named)]);
    await put(mine, await permit([mine]));
    await store.db
      .updateTable('signed_upload')
      .set({ used_at: Date.now() - 60_000 })
      .execute();
    for (const fill of [4, 5, 6, 7]) {
      theirs.fill(fill);
      const answer = await put(theirs.slice(), await permit([theirs], VERIFIER));
      expect(answer.status).toBe(201);
    }
    expect(await has(named, mine)).toEqual([true, true]);
    expect(await has(bytes(4), bytes(5), bytes(6), bytes(7))).toEqual([false, false, true, true]);
    for (const fill of [8, 9]) await put(bytes(fill), await permit([bytes(fill)]));
    expect(await has(named, mine, bytes(8), bytes(9))).toEqual([true, false, true, true]);
  });

  it('that ask for more than a signer’s room are refused, and so is what fills the disk', async () => {
    limited({ room: { signerBytes: 250, signerFiles: 3, allBytes: 280 } });
    const three = [bytes(1), bytes(2), bytes(3)];
    expect(await put(three[0]!, await permit(three))).toMatchObject({ status: 403, code: 'QUOTA_SPENT' });
    for (const file of three.slice(0, 2)) await put(file, await permit(three.slice(0, 2)));
    const theirs = bytes(4);
    expect(await put(theirs, await permit([theirs], VERIFIER))).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect(await has(...three.slice(0, 2))).toEqual([true, true]);
    await store.db.updateTable('signed_upload').set({ used_at: 1 }).execute();
    expect(await put(theirs, await permit([theirs], VERIFIER))).toMatchObject({ status: 201 });
    expect(await has(...three.slice(0, 2))).toEqual([false, false]);
  });

  it('that are here keep their length: another one for the same digest makes no room', async () => {
    limited({ room: { signerBytes: 250 } });
    const file = bytes(1);
    await put(file, await permit([file]));
    const short = await permit([], OWNER, { files: [{ uploadId: digestOf(file), bytes: 1 }] });
    expect(await put(file, short, { body: bytes(1, 1) })).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    const kept = await store.db.selectFrom('signed_upload').select(['bytes', 'done']).execute();
    expect(kept).toEqual([{ bytes: 100, done: 1 }]);
    await scene.uploads.mustBeOf(OWNER.address, [digestOf(file)]);
  });

  it('that are put out while they arrive are not kept', async () => {
    limited({ room: { signerFiles: 1 } });
    const file = bytes(1);
    const next = bytes(2);
    let sent = 0;
    const body = new ReadableStream(
      {
        async pull(stream) {
          if (sent++ === 1) await put(next, await permit([next]));
          if (sent > 2) return stream.close();
          stream.enqueue(file.slice(0, 50));
        },
      },
      { highWaterMark: 0 },
    );
    const init = { method: 'PUT', headers: await permit([file]), body, duplex: 'half' } as RequestInit;
    expect((await scene.app.request(`/uploads/${digestOf(file)}`, init)).status).toBe(409);
    expect(await has(file, next)).toEqual([false, true]);
    expect(await put(file, await permit([file]))).toMatchObject({ status: 201 });
  });

  it('of the same bytes are of everybody who brought them, and of nobody else', async () => {
    const file = bytes(1);
    const id = digestOf(file);
    await put(file, await permit([file]));
    await expect(scene.uploads.mustBeOf(VERIFIER.address, [id])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await held(file, await permit([file], VERIFIER))).toMatchObject({ held: 0 });
    await put(file, await permit([file], VERIFIER));
    await scene.uploads.mustBeOf(VERIFIER.address, [id]);
    limited({ room: { signerFiles: 1 } });
    await put(bytes(2), await permit([bytes(2)]));
    await expect(scene.uploads.mustBeOf(OWNER.address, [id])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await has(file)).toEqual([true]);
  });

  it('take room by what arrived: strangers who announce much and send little leave room for others', async () => {
    limited({ by: 'open', room: { signerBytes: 1_000, allBytes: 8_000, stepBytes: 10 } });
    const strangers = Array.from({ length: 16 }, () => privateKeyToAccount(generatePrivateKey()));
    for (const [i, stranger] of strangers.entries()) {
      const wide = bytes(i, 1_000);
      const headers = range(await permit([wide], stranger), 0, 0, 1_000);
      expect(await put(wide, headers, { body: wide.slice(0, 1) })).toMatchObject({ status: 202, held: 1 });
    }
    expect(await put(bytes(99, 900), await permit([bytes(99, 900)], OUTSIDER))).toMatchObject({ status: 201 });
  });

  it('of strangers who fill what is theirs leave the half of those who are invited, and something to the next', async () => {
    limited({ by: 'open', room: { signerBytes: 1_000, allBytes: 8_000, stepBytes: 10 } });
    let filled = 0;
    for (let i = 0; i < 16; i++) {
      const length = Math.min(1_000, Math.floor((4_000 - filled) / 4));
      const stranger = privateKeyToAccount(generatePrivateKey());
      const more = bytes(i, length + 1);
      if (length < 1_000) expect(await put(more, await permit([more], stranger))).toMatchObject({ status: 503 });
      const file = bytes(i, length);
      expect(await put(file, await permit([file], stranger))).toMatchObject({ status: 201 });
      filled += length;
    }
    expect(filled).toBeGreaterThan(3_900);
    for (const fill of [101, 102, 103]) {
      const mine = bytes(fill, 1_000);
      const headers = await permit([mine], fill === 103 ? VERIFIER : OWNER, {});
      expect(await put(mine, headers)).toMatchObject({ status: 201 });
    }
  });

  it('of which nothing more arrives lapse in an hour', async () => {
    const file = bytes(1);
    await put(file, range(await permit([file]), 0, 9), { body: file.slice(0, 10) });
    await store.db
      .updateTable('signed_upload')
      .set({ used_at: Date.now() - 3_700_000 })
      .execute();
    await put(bytes(2), await permit([bytes(2)]));
    expect(readdirSync(join(folder, 'drafts'))).toEqual([]);
    expect(await held(file, await permit([file]))).toMatchObject({ held: 0 });
  });

  it('too many in an hour are refused with a time', async () => {
    limited({ rate: 2 << 20 });
    const headers = await permit([bytes(1), bytes(2), bytes(3)]);
    await put(bytes(1), headers);
    await put(bytes(2), headers);
    expect(await put(bytes(3), headers)).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      seconds: expect.any(Number),
    });
    expect(await put(bytes(3), await permit([bytes(3)], VERIFIER))).toMatchObject({ status: 201 });
  });
});
