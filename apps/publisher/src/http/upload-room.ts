import { OmlError } from '@oml/protocol/error';
import type { UploadFile, UploadPermission } from '@oml/protocol/wire/upload';
import type { Transaction } from 'kysely';
import type { PublisherStore, PublisherTables } from '../store.ts';

export interface RoomLimits {
  /** Of one signer, of files that no publication names: bytes and count. */
  signerBytes: number;
  signerFiles: number;
  /** Of all signers together, in bytes. */
  allBytes: number;
  /** After so long, such a file goes. */
  lifeMs: number;
}

export const USUAL_ROOM: RoomLimits = {
  signerBytes: 1 << 30,
  signerFiles: 64,
  allBytes: 16 * 2 ** 30,
  lifeMs: 7 * 24 * 3_600_000,
};

interface Gone {
  id: string;
  signer: string;
}

/**
 * How much may wait for a publication. A signer's new files put out that signer's own oldest ones and nobody else's;
 * where everybody's together fill the disk's share, new ones are refused until old ones lapse.
 */
export class UploadRoom {
  private readonly store: PublisherStore;
  private readonly limits: RoomLimits;

  constructor(store: PublisherStore, limits: RoomLimits = USUAL_ROOM) {
    this.store = store;
    this.limits = limits;
  }

  /**
   * Makes room for a file of a permission, whose files are kept together. Resolves to what had to go. Throws
   * QUOTA_SPENT where the permission alone is over a signer's room, and UNAVAILABLE where there is none.
   */
  async reserve({ signer, files }: UploadPermission, file: UploadFile): Promise<Gone[]> {
    const { signerBytes, signerFiles } = this.limits;
    const asked = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (asked > signerBytes || files.length > signerFiles)
      throw new OmlError(
        'QUOTA_SPENT',
        `One signer may keep ${signerFiles} files of ${signerBytes} bytes together here; this asks for ${asked}.`,
      );
    return this.store.transaction(async (db) => {
      const lapsed = await this.lapsed(db);
      const own = await this.ownToGo(db, signer, files);
      const gone = [...lapsed, ...own];
      for (const { id, signer: whose } of gone)
        await db.deleteFrom('signed_upload').where('id', '=', id).where('signer', '=', whose).execute();
      await this.checkAll(db, signer, file);
      const row = { bytes: file.bytes, used_at: Date.now(), done: 0 };
      await db
        .insertInto('signed_upload')
        .values({ id: file.uploadId, signer, ...row, named: 0 })
        .onConflict((conflict) => conflict.columns(['id', 'signer']).doUpdateSet(row))
        .execute();
      return gone;
    });
  }

  private lapsed(db: Transaction<PublisherTables>): Promise<Gone[]> {
    return db
      .selectFrom('signed_upload')
      .select(['id', 'signer'])
      .where('named', '=', 0)
      .where('used_at', '<', Date.now() - this.limits.lifeMs)
      .execute();
  }

  /** The signer's oldest files beside those of the permission, as far as they are over its room. */
  private async ownToGo(
    db: Transaction<PublisherTables>,
    signer: string,
    files: readonly UploadFile[],
  ): Promise<Gone[]> {
    const others = await db
      .selectFrom('signed_upload')
      .select(['id', 'signer', 'bytes'])
      .where('named', '=', 0)
      .where('signer', '=', signer)
      .where(
        'id',
        'not in',
        files.map(({ uploadId }) => uploadId),
      )
      .orderBy('used_at', 'desc')
      .execute();
    let bytes = files.reduce((sum, each) => sum + each.bytes, 0);
    let count = files.length;
    return others.filter((other) => {
      bytes += Number(other.bytes);
      count++;
      return bytes > this.limits.signerBytes || count > this.limits.signerFiles;
    });
  }

  private async checkAll(db: Transaction<PublisherTables>, signer: string, file: UploadFile): Promise<void> {
    const { held } = await db
      .selectFrom('signed_upload')
      .select(({ fn }) => fn.sum<number | string | null>('bytes').as('held'))
      .where('named', '=', 0)
      .where(({ not, and, eb }) => not(and([eb('id', '=', file.uploadId), eb('signer', '=', signer)])))
      .executeTakeFirstOrThrow();
    if (Number(held ?? 0) + file.bytes <= this.limits.allBytes) return;
    throw new OmlError('UNAVAILABLE', 'The room for uploads is full; what nobody publishes goes after a week.', {
      retryable: false,
    });
  }
}
