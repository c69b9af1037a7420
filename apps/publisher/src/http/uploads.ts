import { OmlError } from '@oml/protocol/error';
import type { UploadFile, UploadPermission, UploadState } from '@oml/protocol/wire/upload';
import { createHash } from 'node:crypto';
import type { Address } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { UploadDrafts } from '../files/upload-drafts.ts';
import type { PublisherStore } from '../store.ts';
import type { UploadRoom } from './upload-room.ts';

interface UploadsParts {
  store: PublisherStore;
  blobs: Blobs;
  drafts: UploadDrafts;
  room: UploadRoom;
}

/** What one PUT brings: bytes `start` to `end`, the last not among them. */
export interface UploadRange {
  start: number;
  end: number;
}

/** Files on their way into a publication, by the SHA-256 of their bytes, each kept for those who brought all of it. */
export class Uploads {
  private readonly parts: UploadsParts;
  /** Drafts that this process writes; a second writer is refused. */
  private readonly busy = new Set<string>();

  constructor(parts: UploadsParts) {
    this.parts = parts;
  }

  /**
   * How much of a file of this signer is here. Throws REQUEST_INVALID where all bytes are here and are others, or as
   * many as were not signed for.
   */
  async state(signer: Address, file: UploadFile): Promise<UploadState> {
    const row = await this.row(signer, file.uploadId);
    if (row?.done === 1) return wholeOf(file, row.bytes);
    const held = row ? await this.parts.drafts.held(draftOf(signer, file)) : 0;
    if (held < file.bytes) return { ...file, held };
    return this.alone(signer, file, () => this.finish(signer, file));
  }

  /**
   * Takes what a range brings, as it arrives. Throws QUOTA_SPENT, UNAVAILABLE where the disk's share is full, CONFLICT
   * where the range does not begin where the file ends or somebody else writes it, REQUEST_INVALID for other bytes than
   * those that were signed.
   */
  async write(
    permission: UploadPermission,
    file: UploadFile,
    { start, end }: UploadRange,
    body: AsyncIterable<Uint8Array>,
  ): Promise<UploadState> {
    const { signer } = permission;
    const state = await this.state(signer, file);
    if (state.held === file.bytes) return state;
    return this.alone(signer, file, async () => {
      const { drafts, room } = this.parts;
      // Whoever wrote it until now may have brought the rest.
      const row = await this.row(signer, file.uploadId);
      if (row?.done === 1) return wholeOf(file, row.bytes);
      const held = await drafts.held(draftOf(signer, file));
      if (start !== 0 && start !== held)
        throw new OmlError('CONFLICT', `${held} bytes of this file are here: go on there.`, { details: { held } });
      await this.evict(await room.reserve(permission, file, this.mark(start, end)));
      const brought = await drafts
        .append(draftOf(signer, file), start, end - start, this.counted(permission, file, { start, end }, body))
        .finally(async () => room.settle(signer, file, await drafts.held(draftOf(signer, file))));
      if (brought > end - start)
        throw new OmlError('REQUEST_INVALID', `The body is longer than the ${end - start} bytes that it was to have.`);
      if (start + brought < file.bytes) return { ...file, held: start + brought };
      return this.finish(signer, file);
    });
  }

  /** Takes a whole file from the operator, as one that a publication of this owner names. */
  async restore(owner: Address, uploadId: string, bytes: Uint8Array): Promise<void> {
    await this.parts.blobs.put(blobOf(uploadId), bytes);
    const size = { bytes: bytes.length, held: bytes.length };
    await this.parts.store.db
      .insertInto('signed_upload')
      .values({ id: uploadId, signer: owner, ...size, used_at: Date.now(), done: 1, named: 1 })
      .onConflict((conflict) => conflict.columns(['id', 'signer']).doUpdateSet({ ...size, done: 1, named: 1 }))
      .execute();
  }

  has(uploadId: string): Promise<boolean> {
    return this.parts.blobs.has(blobOf(uploadId));
  }

  /** Throws NOT_FOUND, naming the file that is missing. */
  async get(uploadId: string): Promise<Uint8Array<ArrayBuffer>> {
    if (!(await this.has(uploadId))) throw missing(uploadId);
    return this.parts.blobs.get(blobOf(uploadId));
  }

  /** Throws NOT_FOUND for a file that this owner did not bring: nobody orders with what another's digest names. */
  async mustBeOf(owner: Address, uploadIds: readonly string[]): Promise<void> {
    for (const uploadId of uploadIds) if ((await this.row(owner, uploadId))?.done !== 1) throw missing(uploadId);
  }

  /** From now on a publication names them: they stay until it fails for good, and count no more. */
  async name(owner: Address, uploadIds: readonly string[]): Promise<void> {
    await this.parts.store.db
      .updateTable('signed_upload')
      .set({ named: 1, used_at: Date.now() })
      .where('signer', '=', owner)
      .where('id', 'in', [...uploadIds])
      .execute();
  }

  /**
   * Lets go of named files that nothing of `kept` names and that were named before then (Unix ms), and of what lapsed.
   */
  async sweep(kept: ReadonlySet<string>, before: number): Promise<void> {
    const { store, room } = this.parts;
    const named = await store.db
      .selectFrom('signed_upload')
      .select('id')
      .where('named', '=', 1)
      .where('used_at', '<', before)
      .execute();
    for (const { id } of named.filter((each) => !kept.has(each.id)))
      await store.db
        .updateTable('signed_upload')
        .set({ named: 0, used_at: Date.now() })
        .where('id', '=', id)
        .where('used_at', '<', before)
        .execute();
    await this.evict(await room.clear());
  }

  /** What has room from `start` on, without asking again. */
  private mark(start: number, end: number): number {
    return Math.min(end, start + this.parts.room.stepBytes);
  }

  /** The bytes as they arrive, each step only where there is room for it. Throws CONFLICT, UNAVAILABLE. */
  private async *counted(
    { signer }: UploadPermission,
    file: UploadFile,
    { start, end }: UploadRange,
    body: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    let at = start;
    let mark = this.mark(start, end);
    for await (const chunk of body) {
      at += chunk.length;
      if (at > mark && mark < end) {
        mark = this.mark(at, end);
        if (!(await this.parts.room.extend(signer, file, mark))) throw putOut(file.uploadId);
      }
      yield chunk;
    }
  }

  /** All bytes have arrived: are they those that were signed? What was put out meanwhile is not kept. */
  private async finish(signer: Address, file: UploadFile): Promise<UploadState> {
    const { store, blobs, drafts } = this.parts;
    const draft = draftOf(signer, file);
    const { uploadId } = file;
    if (!(await this.row(signer, uploadId))) throw putOut(uploadId);
    try {
      await blobs.putStream(blobOf(uploadId), withDigest(uploadId, drafts.read(draft)), `${drafts.pathOf(draft)}.done`);
    } catch (error) {
      if (error instanceof OmlError && error.code === 'REQUEST_INVALID') await drafts.delete(draft);
      await drafts.delete(`${draft}.done`);
      throw error;
    }
    const { numUpdatedRows: kept } = await store.db
      .updateTable('signed_upload')
      .set({ done: 1, held: file.bytes, used_at: Date.now() })
      .where('id', '=', uploadId)
      .where('signer', '=', signer)
      .executeTakeFirst();
    if (kept === 0n) {
      await this.evict([{ id: uploadId, signer }]);
      throw putOut(uploadId);
    }
    await drafts.delete(draft);
    return { ...file, held: file.bytes };
  }

  private async evict(gone: readonly { id: string; signer: string }[]): Promise<void> {
    const { store, blobs, drafts } = this.parts;
    for (const { id, signer } of gone) {
      await drafts.delete(draftOf(signer, { uploadId: id }));
      const other = await store.db.selectFrom('signed_upload').select('id').where('id', '=', id).executeTakeFirst();
      if (!other) await blobs.delete(blobOf(id));
    }
  }

  private row(signer: Address, uploadId: string) {
    return this.parts.store.db
      .selectFrom('signed_upload')
      .select(['bytes', 'done'])
      .where('id', '=', uploadId)
      .where('signer', '=', signer)
      .executeTakeFirst();
  }

  private async alone<Result>(signer: Address, file: UploadFile, work: () => Promise<Result>): Promise<Result> {
    const draft = draftOf(signer, file);
    if (this.busy.has(draft))
      throw new OmlError('CONFLICT', 'This file is being uploaded already.', { retryable: true });
    this.busy.add(draft);
    try {
      return await work();
    } finally {
      this.busy.delete(draft);
    }
  }
}

/** The bytes as they are, then REQUEST_INVALID where their digest is another. */
async function* withDigest(uploadId: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const digest = hash.digest('hex');
  if (digest === uploadId) return;
  throw new OmlError('REQUEST_INVALID', `What arrived has the SHA-256 ${digest}, not ${uploadId}: upload it anew.`);
}

/** A complete file as it was asked for. Throws REQUEST_INVALID for another length: a digest has one. */
function wholeOf(file: UploadFile, bytes: number): UploadState {
  if (bytes === file.bytes) return { ...file, held: bytes };
  throw new OmlError('REQUEST_INVALID', `The file of this SHA-256 has ${bytes} bytes, not ${file.bytes}.`);
}

const putOut = (uploadId: string): OmlError =>
  new OmlError('CONFLICT', `Upload ${uploadId} had to go for other files of its signer: upload it anew.`);

const missing = (uploadId: string): OmlError =>
  new OmlError('NOT_FOUND', `Upload ${uploadId} is not here: PUT it to /uploads/${uploadId} first.`, {
    details: { uploadId },
  });

const blobOf = (uploadId: string): string => `uploads/${uploadId}`;
const draftOf = (signer: string, { uploadId }: Pick<UploadFile, 'uploadId'>): string =>
  `${signer.toLowerCase()}-${uploadId}`;
