import { OmlError } from '@oml/protocol/error';
import type { Store } from '@oml/service/store';
import { createHash } from 'node:crypto';
import type { Blobs } from '../files/blobs.ts';

export const MAX_UPLOAD_BYTES = 64 << 20;
/** Uploads that no publication names may fill this much; the oldest go first. */
const MAX_UNUSED_BYTES = 1 << 30;

/** Files on their way into a publication, by the SHA-256 of their bytes. */
export class Uploads {
  private readonly store: Store;
  private readonly blobs: Blobs;

  constructor(store: Store, blobs: Blobs) {
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
    this.store.db
      .prepare(
        'INSERT INTO uploads (id, bytes, used_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at',
      )
      .run(uploadId, bytes.length, Date.now());
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
    const unused = this.store.db
      .prepare(
        'SELECT id, bytes FROM uploads WHERE NOT EXISTS (SELECT 1 FROM publications WHERE instr(request, uploads.id) > 0) ORDER BY used_at DESC',
      )
      .all() as { id: string; bytes: number }[];
    let held = 0;
    for (const upload of unused) {
      held += upload.bytes;
      if (held <= MAX_UNUSED_BYTES || upload.id === keep) continue;
      this.store.db.prepare('DELETE FROM uploads WHERE id = ?').run(upload.id);
      await this.blobs.delete(blobOf(upload.id));
    }
  }
}

const blobOf = (uploadId: string): string => `uploads/${uploadId}`;
