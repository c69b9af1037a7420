import { Runs } from '@oml/program/runs';
import type { Store } from '@oml/program/store';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { zeroHash } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openVerifierStore, type VerifierTables } from '../store.ts';
import { callRecordsIn, type CallRecords } from './call-record.ts';
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
    await calls.setProbes([{ ...call(0), body: { prompt: 'first' }, probe }]);
    await calls.setProbes([{ ...call(0), body: { prompt: 'second' }, probe }]);
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
});
