/** Every table of a gateway's store, in the order in which they came. */
export const MIGRATIONS = [
  `CREATE TABLE payment (
    payment_ref TEXT PRIMARY KEY,
    network TEXT NOT NULL,
    asset TEXT NOT NULL,
    client TEXT NOT NULL,
    nonce TEXT NOT NULL,
    vault TEXT NOT NULL,
    value TEXT NOT NULL,
    valid_after TEXT NOT NULL,
    valid_before TEXT NOT NULL,
    signature TEXT NOT NULL,
    request_nonce TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('settling', 'settled')),
    tx TEXT,
    created_at INTEGER NOT NULL,
    booked_at INTEGER,
    contested_at INTEGER,
    distributed_at INTEGER,
    UNIQUE (network, asset, client, nonce),
    UNIQUE (client, request_nonce)
  );
  CREATE INDEX payment_unbooked ON payment (created_at) WHERE booked_at IS NULL;
  CREATE TABLE answer (
    payment_ref TEXT PRIMARY KEY REFERENCES payment,
    receipt TEXT NOT NULL,
    signature TEXT,
    outcome BLOB,
    created_at INTEGER NOT NULL
  );
  CREATE TABLE cursor (name TEXT PRIMARY KEY, block TEXT NOT NULL)`,
  `CREATE TABLE contest (
    claim_id TEXT PRIMARY KEY,
    receipt TEXT NOT NULL,
    claimant TEXT NOT NULL,
    nonce_salt TEXT NOT NULL,
    ended_at INTEGER
  )`,
];
