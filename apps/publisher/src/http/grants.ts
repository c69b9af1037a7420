import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { ProbeRequest } from '@oml/protocol/wire/probe-request';
import type { Address, Hex } from 'viem';
import type { PublisherStore } from '../store.ts';

/** The keys of one batch: `items` of them from `firstKey` on, the first after the last. */
export interface AskedKeys {
  /** In lower case. */
  account: string;
  firstKey: number;
  items: number;
  /** Unix ms. */
  at: number;
}

/** The same, and whose they are. */
export interface GivenKeys extends AskedKeys {
  verifier: Address;
}

/** Of a batch that was read on chain after a loss: what was sealed for it is gone, its keys were asked all the same. */
const UNSEALED = '';

/** A batch as its opening says it. */
export interface AskedBatch {
  batchId: Hex;
  verifier: Address;
  opening: Pick<BatchOpening, 'account' | 'modelId' | 'release' | 'itemCount'>;
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
      .where('sealed', '!=', UNSEALED)
      .executeTakeFirst();
  }

  /** Resolves to what is remembered: of two replicas that seal the same grant at once, what the first one sealed. */
  async keep(request: ProbeRequest, sealed: string, firstKey: number): Promise<{ sealed: string }> {
    await this.note(request, { sealed, firstKey, at: Date.now() });
    return (await this.find(request))!;
  }

  /** Notes that the keys of a batch were asked, as the chain says, where what was sealed for it is lost. */
  noteAsked(batch: AskedBatch, { firstKey, at }: { firstKey: number; at: number }): Promise<void> {
    return this.note(batch, { sealed: UNSEALED, firstKey, at });
  }

  private async note(
    { batchId, verifier, opening }: AskedBatch,
    { sealed, firstKey, at }: { sealed: string; firstKey: number; at: number },
  ): Promise<void> {
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
        granted_at: at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Did this batch get its probes here? */
  async has(batchId: string): Promise<boolean> {
    const { db } = this.store;
    const row = await db
      .selectFrom('probe_grant')
      .select('model_id')
      .where('batch_id', '=', batchId)
      .where('sealed', '!=', UNSEALED)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Which keys of a release were handed out, against whom and when (Unix ms), oldest first. */
  async askedOf(modelId: string, release: number): Promise<AskedKeys[]> {
    return (await this.givenOf(modelId, release)).map(({ verifier: _, ...asked }) => asked);
  }

  /** Which keys of a release were handed out, to whom, against whom and when (Unix ms), oldest first. */
  async givenOf(modelId: string, release: number): Promise<GivenKeys[]> {
    const rows = await this.store.db
      .selectFrom('probe_grant')
      .select(['verifier', 'account', 'first_key', 'items', 'granted_at'])
      .where('model_id', '=', modelId)
      .where('release', '=', release)
      .orderBy('granted_at')
      .execute();
    return rows.map((row) => ({
      verifier: row.verifier as Address,
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
