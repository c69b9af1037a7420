import { programTables, type ProgramTables } from '@oml/program/run-tables';
import { sql } from 'kysely';
import { openStore, type Migration, type Store } from '@oml/program/store';

/** What a publisher knows beside its publications and editions, which are runs of programs. */
export interface PublisherTables extends ProgramTables {
  /**
   * Who brought which file, and how much of it; `done`: all of it is here; `named`: by a publication, so that it stays.
   */
  signed_upload: {
    id: string;
    signer: string;
    bytes: number;
    held: number;
    used_at: number;
    done: number;
    named: number;
  };
  /** Probes that were handed out: the same batch gets the same answer. */
  probe_grant: {
    batch_id: string;
    verifier: string;
    model_id: string;
    release: number;
    /** Who is asked. */
    account: string;
    /** Items ask so many keys one after another from this one on; null in grants of before. */
    first_key: number | null;
    items: number;
    sealed: string;
    granted_at: number;
  };
  /** What an owner said last about the demo edition of a model, after its publication; `asked_at` in Unix seconds. */
  demo_choice: { model_id: string; given: number; asked_at: number };
  /** Whom an owner chose for probes: JSON of addresses, or null for anybody; `asked_at` in Unix seconds. */
  recipient_choice: { model_id: string; verifiers: string; asked_at: number };
  /** Which canary of a release went to which verifier. */
  canary: { model_id: string; release: number; number: number; verifier: string };
}
export type PublisherStore = Store<PublisherTables>;

const uploadsAndGrants: Migration = async ({ schema }) => {
  await schema
    .createTable('upload')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('probe_grant')
    .addColumn('batch_id', 'text', (column) => column.primaryKey())
    .addColumn('verifier', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('items', 'integer', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('granted_at', 'bigint', (column) => column.notNull())
    .execute();
};

const demoChoices: Migration = async ({ schema }) => {
  await schema
    .createTable('demo_choice')
    .addColumn('model_id', 'text', (column) => column.primaryKey())
    .addColumn('given', 'integer', (column) => column.notNull())
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .execute();
};

/** What came unsigned before belongs to nobody: it stays where a publication names it, and lapses otherwise. */
const signedUploads: Migration = async (db) => {
  await db.schema
    .createTable('signed_upload')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('signer', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint', (column) => column.notNull())
    .addColumn('done', 'integer', (column) => column.notNull())
    .addColumn('named', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('signed_upload_key', ['id', 'signer'])
    .execute();
  await db.schema.createIndex('signed_upload_unnamed').on('signed_upload').columns(['named', 'signer']).execute();
  await sql`
    insert into signed_upload (id, signer, bytes, used_at, done, named)
    select id, '', bytes, used_at, 1, case when exists (
      select 1 from run where program = 'publication' and subject like '%' || upload.id || '%'
    ) then 1 else 0 end from upload`.execute(db);
  await db.schema.dropTable('upload').execute();
};

/** Room was taken by what an upload said of itself; now by what arrived. */
const heldBytes: Migration = async (db) => {
  await db.schema
    .alterTable('signed_upload')
    .addColumn('held', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update signed_upload set held = bytes where done = 1`.execute(db);
};

/** Which keys were handed out against whom. */
const keysAsked: Migration = async ({ schema }) => {
  await schema
    .alterTable('probe_grant')
    .addColumn('release', 'integer', (column) => column.notNull().defaultTo(1))
    .execute();
  await schema
    .alterTable('probe_grant')
    .addColumn('account', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await schema.alterTable('probe_grant').addColumn('first_key', 'integer').execute();
  await schema.createIndex('probe_grant_book').on('probe_grant').columns(['model_id', 'release']).execute();
};

/** Whose canaries decoys of before would be, nobody knows: they came to every verifier. */
const recipientsAndCanaries: Migration = async (db) => {
  await db.schema
    .createTable('recipient_choice')
    .addColumn('model_id', 'text', (column) => column.primaryKey())
    .addColumn('verifiers', 'text', (column) => column.notNull())
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('canary')
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('release', 'integer', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('verifier', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('canary_key', ['model_id', 'release', 'number'])
    .addUniqueConstraint('canary_verifier', ['model_id', 'release', 'verifier'])
    .execute();
  await sql`
    insert into canary (model_id, release, number, verifier)
    select distinct model_id, release, 2147483647, '0x0000000000000000000000000000000000000000' from probe_grant`.execute(
    db,
  );
};

/** In their order; what stands here was released. */
export const publisherMigrations = [
  programTables,
  uploadsAndGrants,
  demoChoices,
  signedUploads,
  heldBytes,
  keysAsked,
  recipientsAndCanaries,
] as const;

/** Opens the publisher's own tables: a `postgres://` URL, which replicas share, or the path of a SQLite file. */
export function openPublisherStore(url: string): Promise<PublisherStore> {
  return openStore<PublisherTables>(url, publisherMigrations, { schema: 'publisher' });
}
