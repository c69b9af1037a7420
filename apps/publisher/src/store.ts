import { programTables, type ProgramTables } from '@oml/program/run-tables';
import { openStore, type Migration, type Store } from '@oml/program/store';

/** What a publisher knows beside its publications and editions, which are runs of programs. */
export interface PublisherTables extends ProgramTables {
  upload: { id: string; bytes: number; used_at: number };
  /** Probes that were handed out: the same batch gets the same answer. */
  probe_grant: {
    batch_id: string;
    verifier: string;
    model_id: string;
    items: number;
    sealed: string;
    granted_at: number;
  };
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

/** Opens the publisher's own tables: a `postgres://` URL, which replicas share, or the path of a SQLite file. */
export function openPublisherStore(url: string): Promise<PublisherStore> {
  return openStore<PublisherTables>(url, [programTables, uploadsAndGrants], { schema: 'publisher' });
}
