import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { paymentOf } from '../test-support/payments.ts';
import { findPayment, openPayment } from './payment/ledger.ts';
import { openGatewayStore } from './store.ts';

/** What a gateway wrote before its migrations were counted. */
const FIRST_TABLES = `
  CREATE TABLE payment (
    payment_ref TEXT PRIMARY KEY, network TEXT NOT NULL, asset TEXT NOT NULL, client TEXT NOT NULL, nonce TEXT NOT NULL,
    vault TEXT NOT NULL, value TEXT NOT NULL, valid_after TEXT NOT NULL, valid_before TEXT NOT NULL,
    signature TEXT NOT NULL, request_nonce TEXT NOT NULL, request_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('settling', 'settled')), tx TEXT, created_at INTEGER NOT NULL,
    booked_at INTEGER, contested_at INTEGER, distributed_at INTEGER,
    UNIQUE (network, asset, client, nonce), UNIQUE (client, request_nonce)
  );
  CREATE INDEX payment_unbooked ON payment (created_at) WHERE booked_at IS NULL;
  CREATE TABLE answer (
    payment_ref TEXT PRIMARY KEY REFERENCES payment, receipt TEXT NOT NULL, signature TEXT, outcome BLOB,
    created_at INTEGER NOT NULL
  );
  CREATE TABLE cursor (name TEXT PRIMARY KEY, block TEXT NOT NULL);
  CREATE TABLE contest (
    claim_id TEXT PRIMARY KEY, receipt TEXT NOT NULL, claimant TEXT NOT NULL, nonce_salt TEXT NOT NULL, ended_at INTEGER
  );
  PRAGMA user_version = 2;`;

it('takes over a file of before migrations were counted, with its payments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oml-gateway-'));
  const file = join(folder, 'gateway.sqlite');
  const payment = paymentOf(1, 1);
  const { from, to, value, validAfter, validBefore, nonce } = payment.authorization;
  const old = new DatabaseSync(file);
  old.exec(FIRST_TABLES);
  old
    .prepare(`INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'settled', '0x05', 1, NULL, NULL, NULL)`)
    .run(
      payment.paymentRef,
      payment.network,
      payment.asset,
      from,
      nonce,
      to,
      String(value),
      String(validAfter),
      String(validBefore),
      payment.signature,
      payment.requestNonce,
      payment.requestHash,
    );
  old.close();
  for (const _ of ['once', 'and again']) {
    const store = await openGatewayStore(file);
    expect(await findPayment(store, payment.paymentRef)).toMatchObject({ ...payment, state: 'settled', tx: '0x05' });
    expect(await openPayment(store, payment)).toBe(false);
    await store.close();
  }
  rmSync(folder, { recursive: true });
});
