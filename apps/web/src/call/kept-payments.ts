import { exactPayloadSchema } from '@oml/protocol/wire/exact-payload';
import type { SignedPayment } from '#actions/payment-actions.ts';
import type { Shelf } from '#tracker/shelf.ts';
import { keepIn, keptIn, type Place } from './kept-list.ts';

/** Keeps a payment as soon as it is signed: whoever holds it may take it, until it was used, cancelled or lapsed. */
export function keepPayment(shelf: Shelf, { authorization, signature }: SignedPayment, place?: Place): void {
  const { value, validAfter, validBefore, ...rest } = authorization;
  const times = { validAfter: String(validAfter), validBefore: String(validBefore) };
  keepIn('payments', shelf, { signature, authorization: { ...rest, value: String(value), ...times } }, place);
}

/** Payments that were signed and have not lapsed at `now`; entries that no longer read are left out. */
export function keptPayments(shelf: Shelf, now: Date, place?: Pick<Place, 'getItem'>): SignedPayment[] {
  return keptIn('payments', shelf, place).flatMap((entry) => {
    const { data } = exactPayloadSchema.safeParse(entry);
    return data && Number(data.authorization.validBefore) * 1000 > now.getTime() ? [data as SignedPayment] : [];
  });
}
