import { openStore, type Store } from '@oml/service/store';
import { join } from 'node:path';

const MIGRATIONS = [
  `CREATE TABLE audits (
     id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, step TEXT NOT NULL, step_since INTEGER NOT NULL,
     facts TEXT NOT NULL DEFAULT '{}', verdict TEXT, claim_id TEXT, error TEXT, wait_until INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL);
   CREATE TABLE steps (
     audit_id TEXT NOT NULL REFERENCES audits, seq INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, tx TEXT, note TEXT,
     PRIMARY KEY (audit_id, seq));
   CREATE TABLE calls (
     audit_id TEXT NOT NULL REFERENCES audits, round INTEGER NOT NULL, i INTEGER NOT NULL, url TEXT NOT NULL, price TEXT NOT NULL, body TEXT,
     probe TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, payment TEXT, paid_at INTEGER, receipt TEXT, error TEXT,
     PRIMARY KEY (audit_id, round, i));`,
];

/** Opens the verifier's own durable store under its data folder. */
export function openVerifierStore(dataDir: string): Store {
  return openStore(join(dataDir, 'verifier.db'), MIGRATIONS);
}
