import { textChannels, type ChannelStore } from '@oml/sdk/channel/store';
import type { Store } from '@oml/program/store';
import type { VerifierTables } from '../store.ts';

/** Channels of payers, kept where audits are. */
export const channelsIn = (store: Store<VerifierTables>): ChannelStore =>
  textChannels({
    async read(name) {
      const row = await store.db.selectFrom('channel').select('record').where('name', '=', name).executeTakeFirst();
      return row?.record;
    },
    async write(name, record) {
      await store.db
        .insertInto('channel')
        .values({ name, record })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ record }))
        .execute();
    },
  });
