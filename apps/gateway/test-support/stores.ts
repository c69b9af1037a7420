import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { Charging } from '../src/payment/charging.ts';
import { openGatewayStore, type GatewayStore } from '../src/store.ts';

/** The same tests on SQLite and on PostgreSQL, each with a store of its own that nothing stands in yet. */
export function describeOnStores(what: string, tests: (store: () => GatewayStore) => void): void {
  describe.each(DIALECTS)(`${what}, on %s`, (dialect) => {
    let place: StorePlace;
    let store: GatewayStore;
    beforeAll(async () => {
      place = await openStorePlace(dialect);
    });
    afterAll(() => place?.stop());
    beforeEach(async () => {
      store = await openGatewayStore(await place.create());
    });
    afterEach(() => store?.close());
    tests(() => store);
  });
}

/** Charges a use, as the gateway does together with an answer. Throws CONFLICT. */
export async function charge(store: GatewayStore, { queries, conflict }: Charging): Promise<void> {
  const done = await store.together(queries);
  if ('missed' in done) throw conflict();
  await done.onDisk;
}
