import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '@oml/program/store';
import { DIALECTS, openStorePlace } from '@oml/program/test-support/stores';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { paymentOf } from '../test-support/payments.ts';
import { findPayment, openPayment } from './payment/ledger.ts';
import { MIGRATIONS, openGatewayStore } from './store.ts';

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

describe.each(DIALECTS)('a store on %s of an earlier release', (dialect) => {
  it('of each step keeps its payment, which is taken once', async () => {
    const place = await openStorePlace(dialect);
    for (let step = 1; step < MIGRATIONS.length; step++) {
      const url = await place.create();
      const payment = paymentOf(step, step);
      const { from, to, value, validAfter, validBefore, nonce } = payment.authorization;
      const { paymentRef, network, asset, signature, requestNonce, requestHash } = payment;
      const old = await openStore(url, MIGRATIONS.slice(0, step), { schema: 'gateway' });
      await sql`insert into payment (payment_ref, network, asset, client, nonce, vault, value, valid_after, valid_before,
        signature, request_nonce, request_hash, state, tx, created_at)
        values (${paymentRef}, ${network}, ${asset}, ${from}, ${nonce}, ${to}, ${String(value)}, ${String(validAfter)},
        ${String(validBefore)}, ${signature}, ${requestNonce}, ${requestHash}, 'settled', '0x05', 1)`.execute(old.db);
      await old.close();
      const store = await openGatewayStore(url);
      expect(await findPayment(store, paymentRef), `step ${step}`).toMatchObject({ ...payment, state: 'settled' });
      expect(await openPayment(store, payment), `step ${step}`).toBe(false);
      await store.close();
    }
    await place.stop();
  });
});
