import { openStore, type Store } from '@oml/service/store';
import { join } from 'node:path';

const MIGRATIONS = [
  `CREATE TABLE uploads (id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used_at INTEGER NOT NULL);
   CREATE TABLE publications (
     id TEXT PRIMARY KEY, request TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
     facts TEXT NOT NULL DEFAULT '{}', error TEXT, created_at INTEGER NOT NULL, model_id TEXT UNIQUE);
   CREATE TABLE steps (
     publication_id TEXT NOT NULL REFERENCES publications, name TEXT NOT NULL, state TEXT NOT NULL,
     started_at INTEGER, ended_at INTEGER, progress REAL, PRIMARY KEY (publication_id, name));
   CREATE TABLE transactions (publication_id TEXT NOT NULL REFERENCES publications, step TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (publication_id, step, hash));
   CREATE TABLE licenses (
     license_id TEXT PRIMARY KEY, model_id TEXT NOT NULL, account TEXT NOT NULL, encryption_key TEXT NOT NULL, host_salt TEXT NOT NULL,
     accepted_block INTEGER NOT NULL, state TEXT NOT NULL, edition_root TEXT, beacon TEXT, error TEXT, retry_at INTEGER NOT NULL DEFAULT 0);
   CREATE TABLE cursors (name TEXT PRIMARY KEY, block INTEGER NOT NULL);
   CREATE TABLE grants (batch_id TEXT PRIMARY KEY, verifier TEXT NOT NULL, model_id TEXT NOT NULL, items INTEGER NOT NULL, sealed TEXT NOT NULL, granted_at INTEGER NOT NULL);`,
];

/** Opens the publisher's own durable store under its data folder. */
export function openPublisherStore(dataDir: string): Store {
  return openStore(join(dataDir, 'publisher.db'), MIGRATIONS);
}
