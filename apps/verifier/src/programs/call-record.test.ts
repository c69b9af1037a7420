import { Runs } from '@oml/program/runs';
import type { Store } from '@oml/program/store';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { keccak256, zeroHash } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openVerifierStore, type VerifierTables } from '../store.ts';
import { callRecordsIn, signedOf, type CallRecords } from './call-record.ts';
import { disguise } from './disguise.ts';

const leaf = { index: 0, keyHash: zeroHash, candidates: [], bits: 1, salt: zeroHash };
const probe = { leaf, proof: [], answer: zeroHash };
const call = (i: number) => ({ auditId: 'audit', round: 0, i, url: 'http://host', price: 10n ** 20n, body: null });

describe.each(DIALECTS)('the calls of an audit on %s', (dialect) => {
  let place: StorePlace;
  let store: Store<VerifierTables>;
  let calls: CallRecords;

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    store = await openVerifierStore({ STORE: await place.create(), DATA_DIR: '' });
    calls = callRecordsIn(store);
    await new Runs(store).add(disguise, { kind: 'disguise', account: '0x', modelId: '1' }, 'audit');
    await calls.plan([call(1), call(0)]);
  });
  afterEach(() => store.close());

  it('are planned once, and stay as they became', async () => {
    await calls.setPaying(call(0), 'payment', 7);
    await calls.plan([call(0), call(1), call(2)]);
    expect((await calls.list('audit', 0)).map(({ i, state, price }) => [i, state, price])).toEqual([
      [0, 'paying', 10n ** 20n],
      [1, 'planned', 10n ** 20n],
      [2, 'planned', 10n ** 20n],
    ]);
  });

  it('are told once what they ask', async () => {
    await calls.setBodies([{ ...call(0), body: { prompt: 'first' }, probe }]);
    await calls.setBodies([{ ...call(0), body: { prompt: 'second' }, probe }]);
    expect(await calls.find(call(0))).toMatchObject({ body: { prompt: 'first' }, probe });
  });

  it('keep the payment that left until it can no longer be charged', async () => {
    await calls.setPaying(call(0), 'payment', 7);
    await calls.setError(call(0), 'UNAVAILABLE', false);
    expect(await calls.find(call(0))).toMatchObject({ state: 'paying', payment: 'payment', paidAt: 7, attempts: 1 });
    await calls.dropPayment(call(0));
    await calls.setError(call(0), 'UNAVAILABLE', true);
    expect(await calls.find(call(0))).toMatchObject({ state: 'failed', payment: null, paidAt: null, attempts: 2 });
  });

  it('are found by the payment that their receipts charge, also where a receipt was refused', async () => {
    const receipt = {
      licenseId: 1n,
      client: '0x0000000000000000000000000000000000000001' as const,
      requestNonce: zeroHash,
      queryHash: zeroHash,
      head: zeroHash,
      responseHash: zeroHash,
      paymentRef: keccak256('0x01'),
      amount: 5n,
      cumulative: 10n ** 20n,
      answeredAt: 7n,
    };
    const signed = { receipt, signature: '0x1234' as const };
    await calls.setAnswered(call(0), signed);
    await calls.setRefused(call(1), signed);
    await calls.setError(call(1), 'RECEIPT_MISMATCH', true);
    const found = await calls.onPayment(receipt.paymentRef);
    expect(found.map(({ i, state, receipt, refused }) => [i, state, receipt, refused])).toEqual([
      [0, 'answered', signed, null],
      [1, 'failed', null, signed],
    ]);
    expect(signedOf(found)).toEqual([signed, signed]);
    expect(await calls.onPayment(zeroHash)).toEqual([]);
  });
});
