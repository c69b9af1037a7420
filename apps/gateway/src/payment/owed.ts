import { statement } from '@oml/program/statement';
import { OmlError } from '@oml/protocol/error';
import type { Kysely } from 'kysely';
import type { Address, Hex } from 'viem';
import type { GatewayStore, Tables } from '../store.ts';
import type { Charging } from './charging.ts';

// A payment that was taken and got no answer is owed one. It is bound to one request at a time, and what decides is its
// row: whoever moves `owed_from` first, at whichever gateway on this store, has it.

/** So long a payment is left to the request that it came with, whose answer may be under way. */
const LEFT_ALONE_MS = 600_000;

/** From when on a payment that is being answered now may pay for another request; Unix ms. */
export const owedFrom = (): number => Date.now() + LEFT_ALONE_MS;

/** A payment and the request that it pays for. */
export interface Bound {
  paymentRef: Hex;
  requestHash: Hex;
}

const rowOf = (db: Kysely<Tables>, paymentRef: Hex) =>
  db.updateTable('payment').where('payment_ref', '=', paymentRef).where('state', '=', 'settled');

/** The same request comes again: nobody else gets the payment meanwhile. False where it was answered or refunded. */
export async function holdOwed({ db }: GatewayStore, { paymentRef, requestHash }: Bound): Promise<boolean> {
  const { numUpdatedRows } = await rowOf(db, paymentRef)
    .set({ owed_from: owedFrom() })
    .where('request_hash', '=', requestHash)
    .where('owed_from', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Binds a payment to another request, since the one before got no answer. False where it was answered or refunded, or
 * may be being answered right now. The request's nonce must be free.
 */
export async function bindOwed(
  { db }: GatewayStore,
  { paymentRef, requestHash, requestNonce }: Bound & { requestNonce: Hex },
): Promise<boolean> {
  const { numUpdatedRows } = await rowOf(db, paymentRef)
    .set({ request_hash: requestHash, request_nonce: requestNonce, owed_from: owedFrom() })
    .where('owed_from', '<=', Date.now())
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The answer failed: from now on the payment is good for any request. */
export async function noteFailed({ db }: Pick<GatewayStore, 'db'>, { paymentRef, requestHash }: Bound): Promise<void> {
  await rowOf(db, paymentRef)
    .set({ owed_from: Date.now() })
    .where('request_hash', '=', requestHash)
    .where('owed_from', 'is not', null)
    .execute();
}

/** Ends it, together with what keeps its answer. It conflicts where another request has the payment. */
export const spendingOf = ({ lax }: Pick<GatewayStore, 'lax'>, bound: Bound): Charging => ({
  queries: [endOwed(lax, bound)],
  conflict: () =>
    new OmlError('CONFLICT', 'This payment was taken for another request, or refunded: it is answered once.', {
      details: { paymentRef: bound.paymentRef },
    }),
});

const endOwed = statement<Tables, Bound>((db, { paymentRef, requestHash }) =>
  rowOf(db, paymentRef)
    .set({ owed_from: null })
    .where('request_hash', '=', requestHash)
    .where('owed_from', 'is not', null),
);

/** Ends it because `by` pays it back: it is good for nothing from now on. False where it is not owed an answer. */
export async function claimRefund({ db }: GatewayStore, paymentRef: Hex, by: Address): Promise<boolean> {
  const { numUpdatedRows } = await rowOf(db, paymentRef)
    .set({ owed_from: null, refunded_by: by })
    .where('owed_from', '<=', Date.now())
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
