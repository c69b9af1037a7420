import { OmlError } from '@oml/protocol/error';
import type { UploadFile, UploadPermission } from '@oml/protocol/wire/upload';
import { sql, type Transaction } from 'kysely';
import type { Address } from 'viem';
import type { PublisherStore, PublisherTables } from '../store.ts';

export interface RoomLimits {
  /** Of one signer, of files that no publication names: bytes and count. */
  signerBytes: number;
  signerFiles: number;
  /** Of all signers together, in bytes. */
  allBytes: number;
  /** So much is set aside ahead of what has arrived, in bytes. */
  stepBytes: number;
  /** After so long such a file goes, and one of which nothing more arrives. */
  lifeMs: number;
  unfinishedMs: number;
}

export const USUAL_ROOM: RoomLimits = {
  signerBytes: 1 << 30,
  signerFiles: 64,
  allBytes: 16 * 2 ** 30,
  stepBytes: 4 << 20,
  lifeMs: 24 * 3_600_000,
  unfinishedMs: 3_600_000,
};

/** Of the room, those who were not invited may fill so much together, and each of them so much of what is left. */
const [GUESTS_SHARE, GUEST_SHARE] = [1 / 2, 1 / 4];

interface Gone {
  id: string;
  signer: string;
}

type Db = Transaction<PublisherTables>;

/**
 * How much may wait for a publication, counted by what has arrived and not by what was announced. A signer's new files
 * put out that signer's own oldest ones and nobody else's; where everybody's together fill the disk's share, new ones
 * are refused until old ones lapse. Keys cost nothing: so strangers share half of the room, and no number of them takes
 * the last of it.
 */
export class UploadRoom {
  readonly stepBytes: number;
  private readonly store: PublisherStore;
  private readonly limits: RoomLimits;
  private readonly invited: ReadonlySet<string>;

  constructor(store: PublisherStore, limits: RoomLimits = USUAL_ROOM, invited: readonly Address[] = []) {
    this.store = store;
    this.limits = limits;
    this.invited = new Set(invited.map((address) => address.toLowerCase()));
    this.stepBytes = limits.stepBytes;
  }

  /**
   * Makes room for the first `held` bytes of a file of a permission, whose files are kept together. Resolves to what had
   * to go. Throws QUOTA_SPENT where the permission alone is over a signer's room, and UNAVAILABLE where there is none.
   */
  async reserve({ signer, files }: UploadPermission, file: UploadFile, held: number): Promise<Gone[]> {
    const { signerBytes, signerFiles } = this.limits;
    const asked = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (asked > signerBytes || files.length > signerFiles)
      throw new OmlError(
        'QUOTA_SPENT',
        `One signer may keep ${signerFiles} files of ${signerBytes} bytes together here; this asks for ${asked}.`,
      );
    return this.store.transaction(async (db) => {
      const gone = [...(await this.lapsed(db)), ...(await this.ownToGo(db, signer, files))];
      await forget(db, gone);
      await this.check(db, signer, file, held);
      const row = { bytes: file.bytes, held, used_at: Date.now(), done: 0 };
      await db
        .insertInto('signed_upload')
        .values({ id: file.uploadId, signer, ...row, named: 0 })
        .onConflict((conflict) => conflict.columns(['id', 'signer']).doUpdateSet(row))
        .execute();
      return gone;
    });
  }

  /** Room for more of a file that arrives; false where it was put out meanwhile. Throws UNAVAILABLE. */
  async extend(signer: Address, file: UploadFile, held: number): Promise<boolean> {
    return this.store.transaction(async (db) => {
      await this.check(db, signer, file, held);
      return count(db, signer, file, held);
    });
  }

  /** Counts what has arrived, and nothing ahead of it. */
  async settle(signer: Address, file: UploadFile, held: number): Promise<void> {
    await this.store.transaction((db) => count(db, signer, file, held));
  }

  /** Forgets what lapsed, and resolves to it. */
  async clear(): Promise<Gone[]> {
    return this.store.transaction(async (db) => {
      const gone = await this.lapsed(db);
      await forget(db, gone);
      return gone;
    });
  }

  private lapsed(db: Db): Promise<Gone[]> {
    const { lifeMs, unfinishedMs } = this.limits;
    const before = (ms: number) => Date.now() - ms;
    return db
      .selectFrom('signed_upload')
      .select(['id', 'signer'])
      .where('named', '=', 0)
      .where(({ or, and, eb }) =>
        or([eb('used_at', '<', before(lifeMs)), and([eb('done', '=', 0), eb('used_at', '<', before(unfinishedMs))])]),
      )
      .execute();
  }

  /** The signer's oldest files beside those of the permission, as far as they are over its room. */
  private async ownToGo(db: Db, signer: string, files: readonly UploadFile[]): Promise<Gone[]> {
    const others = await db
      .selectFrom('signed_upload')
      .select(['id', 'signer', 'held'])
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
    let number = files.length;
    return others.filter((other) => {
      bytes += Number(other.held);
      number++;
      return bytes > this.limits.signerBytes || number > this.limits.signerFiles;
    });
  }

  private async check(db: Db, signer: Address, file: UploadFile, held: number): Promise<void> {
    const rows = await db
      .selectFrom('signed_upload')
      .select(['signer', sql<number | string>`sum(held)`.as('held')])
      .where('named', '=', 0)
      .where(({ not, and, eb }) => not(and([eb('id', '=', file.uploadId), eb('signer', '=', signer)])))
      .groupBy('signer')
      .execute();
    const sumOf = (those: typeof rows) => those.reduce((sum, each) => sum + Number(each.held), 0);
    const [own, others] = [rows.filter((row) => row.signer === signer), rows.filter((row) => row.signer !== signer)];
    const { allBytes } = this.limits;
    const free = allBytes - sumOf(others);
    const guests = allBytes * GUESTS_SHARE - sumOf(others.filter((row) => !this.isInvited(row.signer)));
    const share = this.isInvited(signer) ? free : Math.min(free, guests) * GUEST_SHARE;
    if (sumOf(own) + held <= share) return;
    throw new OmlError('UNAVAILABLE', 'The room for uploads is full; what nobody publishes goes after a day.', {
      retryable: false,
    });
  }

  private isInvited(signer: string): boolean {
    return this.invited.has(signer.toLowerCase());
  }
}

async function forget(db: Db, gone: readonly Gone[]): Promise<void> {
  for (const { id, signer } of gone)
    await db.deleteFrom('signed_upload').where('id', '=', id).where('signer', '=', signer).execute();
}

async function count(db: Db, signer: string, { uploadId }: UploadFile, held: number): Promise<boolean> {
  const { numUpdatedRows: updated } = await db
    .updateTable('signed_upload')
    .set({ held, used_at: Date.now() })
    .where('id', '=', uploadId)
    .where('signer', '=', signer)
    .executeTakeFirst();
  return updated > 0n;
}
