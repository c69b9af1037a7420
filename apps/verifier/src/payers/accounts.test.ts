import { DIALECTS, openStorePlace } from '@oml/program/test-support/stores';
import type { Store } from '@oml/program/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openVerifierStore, type VerifierTables } from '../store.ts';
import { saltsOf } from '../programs/salts.ts';
import { accountsOf } from './accounts.ts';

describe.each(DIALECTS)('the accounts of payers on %s', (dialect) => {
  let place: Awaited<ReturnType<typeof openStorePlace>>;
  let store: Store<VerifierTables>;
  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    store = await openVerifierStore({ STORE: await place.create(), DATA_DIR: '/nowhere' });
    for (const id of ['over', 'running']) await addRun(id, id === 'over' ? 'done' : 'running');
    return () => store.close();
  });

  const accounts = (seed = '11') => accountsOf(store, saltsOf(`0x${seed.repeat(32)}`));
  async function addRun(id: string, state: 'done' | 'running'): Promise<void> {
    const none = { subject: '{}', step: 'fund', visit: 1, facts: '{}', outcome: null, error: null };
    const times = { step_since: 0, wait_until: 0, lease_until: 0, lease_owner: null, created_at: 0 };
    await store.db
      .insertInto('run')
      .values({ id, program: 'disguise', state, ...none, ...times })
      .execute();
  }

  it('are taken once, and the same for a round that asks again', async () => {
    expect(await accounts().take('over', 0, 5)).toBe(0);
    expect(await accounts().take('over', 1, 3)).toBe(5);
    expect(await accounts().take('running', 0, 2)).toBe(8);
    expect(await accounts().take('over', 0, 5)).toBe(0);
  });

  it('are taken by several at once, each its own', async () => {
    for (let i = 0; i < 12; i++) await addRun(`at-once-${i}`, 'running');
    const firsts = await Promise.all(Array.from({ length: 12 }, (_, i) => accounts().take(`at-once-${i}`, 0, 3)));
    expect(firsts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => 3 * i));
  });

  it('have keys that follow from the seed and their number alone', () => {
    expect(accounts().at(3).address).toBe(accounts().at(3).address);
    expect(accounts().at(3).address).not.toBe(accounts().at(4).address);
    expect(accounts().at(3).address).not.toBe(accounts('22').at(3).address);
  });

  it('are swept when their audit is over, and as far as is asked where nothing is known of them', async () => {
    await accounts().take('over', 0, 2);
    await accounts().take('running', 0, 3);
    await accounts().take('over', 1, 1);
    expect(await accounts().idle()).toEqual([0, 1, 5]);
    expect(await accounts().idle(8)).toEqual([0, 1, 5, 6, 7]);
  });
});
