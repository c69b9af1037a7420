import type { ProbeRequest } from '@oml/protocol/wire/probe-request';
import type { PublisherStore } from '../store.ts';

/** The keys of one batch: `items` of them from `firstKey` on, the first after the last. */
export interface AskedKeys {
  account: string;
  firstKey: number;
  items: number;
  at: number;
}

/** Probes that were handed out, sealed (base64): the same batch gets the same answer. */
export class Grants {
  private readonly store: PublisherStore;

  constructor(store: PublisherStore) {
    this.store = store;
  }

  async find({ batchId, verifier }: ProbeRequest): Promise<{ sealed: string } | undefined> {
    return this.store.db
      .selectFrom('probe_grant')
      .select('sealed')
      .where('batch_id', '=', batchId)
      .where('verifier', '=', verifier)
      .executeTakeFirst();
  }

  /** Resolves to what is remembered: of two replicas that seal the same grant at once, what the first one sealed. */
  async keep(request: ProbeRequest, sealed: string, firstKey: number): Promise<{ sealed: string }> {
    const { batchId, verifier, opening } = request;
    await this.store.db
      .insertInto('probe_grant')
      .values({
        batch_id: batchId,
        verifier,
        model_id: String(opening.modelId),
        release: opening.release,
        account: opening.account.toLowerCase(),
        first_key: firstKey,
        items: opening.itemCount,
        sealed,
        granted_at: Date.now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await this.find(request))!;
  }

  /** Did this batch get its probes here? */
  async has(batchId: string): Promise<boolean> {
    const { db } = this.store;
    const row = await db
      .selectFrom('probe_grant')
      .select('model_id')
      .where('batch_id', '=', batchId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Which keys of a release were handed out, against whom and when (Unix ms), oldest first. */
  async askedOf(modelId: string, release: number): Promise<AskedKeys[]> {
    const rows = await this.store.db
      .selectFrom('probe_grant')
      .select(['account', 'first_key', 'items', 'granted_at'])
      .where('model_id', '=', modelId)
      .where('release', '=', release)
      .orderBy('granted_at')
      .execute();
    return rows.map((row) => ({
      account: row.account,
      firstKey: row.first_key ?? 0,
      items: row.items,
      at: Number(row.granted_at),
    }));
  }

  /** How many batches this verifier was given since then (Unix ms). */
  async countSince(verifier: string, since: number): Promise<number> {
    const { count } = await this.store.db
      .selectFrom('probe_grant')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('verifier', '=', verifier)
      .where('granted_at', '>', since)
      .executeTakeFirstOrThrow();
    return count;
  }
}
