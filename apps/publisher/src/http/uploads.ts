import { OmlError } from '@oml/protocol/error';
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Blobs } from '../files/blobs.ts';
import type { PublisherStore } from '../store.ts';

export const MAX_UPLOAD_BYTES = 64 << 20;
/** Uploads that no publication names may fill this much; the oldest go first. */
const MAX_UNUSED_BYTES = 1 << 30;

/** Files on their way into a publication, by the SHA-256 of their bytes. */
export class Uploads {
  private readonly store: PublisherStore;
  private readonly blobs: Blobs;
  private readonly maxUnusedBytes: number;

  constructor(store: PublisherStore, blobs: Blobs, maxUnusedBytes = MAX_UNUSED_BYTES) {
    this.maxUnusedBytes = maxUnusedBytes;
    this.store = store;
    this.blobs = blobs;
  }

  /**
   * Stores a file; the same bytes give the same id. Throws REQUEST_INVALID for an empty file, REQUEST_TOO_LARGE over 64
   * MiB.
   */
  async put(bytes: Uint8Array): Promise<{ uploadId: string; bytes: number }> {
    if (bytes.length === 0) throw new OmlError('REQUEST_INVALID', 'The upload is empty.');
    if (bytes.length > MAX_UPLOAD_BYTES)
      throw new OmlError('REQUEST_TOO_LARGE', `An upload may have ${MAX_UPLOAD_BYTES} bytes.`);
    const uploadId = createHash('sha256').update(bytes).digest('hex');
    if (!(await this.blobs.has(blobOf(uploadId)))) await this.blobs.put(blobOf(uploadId), bytes);
    const used = { bytes: bytes.length, used_at: Date.now() };
    await this.store.db
      .insertInto('upload')
      .values({ id: uploadId, ...used })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(used))
      .execute();
    await this.makeRoom(uploadId);
    return { uploadId, bytes: bytes.length };
  }

  has(uploadId: string): Promise<boolean> {
    return this.blobs.has(blobOf(uploadId));
  }

  /** Throws NOT_FOUND, naming the file that is missing. */
  async get(uploadId: string): Promise<Uint8Array<ArrayBuffer>> {
    if (!(await this.has(uploadId)))
      throw new OmlError('NOT_FOUND', `Upload ${uploadId} is not here: PUT it to /uploads first.`, {
        details: { uploadId },
      });
    return this.blobs.get(blobOf(uploadId));
  }

  private async makeRoom(keep: string): Promise<void> {
    const unused = await this.store.db
      .selectFrom('upload')
      .select(['id', 'bytes'])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('run')
              .select('run.id')
              .where('program', '=', 'publication')
              .where(sql<boolean>`subject like '%' || upload.id || '%'`),
          ),
        ),
      )
      .orderBy('used_at', 'desc')
      .execute();
    let held = 0;
    for (const upload of unused) {
      held += upload.bytes;
      if (held <= this.maxUnusedBytes || upload.id === keep) continue;
      await this.store.db.deleteFrom('upload').where('id', '=', upload.id).execute();
      await this.blobs.delete(blobOf(upload.id));
    }
  }
}

const blobOf = (uploadId: string): string => `uploads/${uploadId}`;
