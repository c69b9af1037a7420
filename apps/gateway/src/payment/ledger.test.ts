import type { Hex } from 'viem';
import { expect, it } from 'vitest';
import { paymentOf, VAULT, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import {
  dropPayment,
  findPayment,
  findPaymentByNonce,
  markBooked,
  markContested,
  markDistributed,
  noteBooking,
  openPayment,
  settlePayment,
  unbookedPayments,
  undistributedPayments,
  unsettledPayments,
} from './ledger.ts';

describeOnStores('the ledger', (store) => {
  it('opens a payment once, whatever else is tried', async () => {
    const first = paymentOf(1, 1);
    expect(await openPayment(store(), first)).toBe(true);
    expect(await openPayment(store(), first)).toBe(false);
    expect(await openPayment(store(), { ...paymentOf(1, 2), paymentRef: word(77) })).toBe(false);
    expect(await openPayment(store(), paymentOf(2, 1))).toBe(false);
    expect(await openPayment(store(), paymentOf(1, 1, VAULT))).toBe(true);
    expect(await findPayment(store(), first.paymentRef)).toMatchObject({ ...first, state: 'settling', tx: null });
    expect(await findPaymentByNonce(store(), first.authorization.from, word(1))).toMatchObject(first);
    expect(await findPaymentByNonce(store(), VAULT, word(2))).toBeUndefined();
  });

  it('opens one of many payments that claim the same nonce at once', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, (_, n) => openPayment(store(), paymentOf(n, 1))));
    expect(opened.filter(Boolean)).toHaveLength(1);
  });

  it('lets go of a payment that never reached the chain, and never of one that did', async () => {
    const payment = paymentOf(1, 1);
    await openPayment(store(), payment);
    expect(await unsettledPayments(store(), Date.now() + 1)).toMatchObject([payment]);
    expect(await unsettledPayments(store(), Date.now() - 60_000)).toEqual([]);
    await dropPayment(store(), payment.paymentRef);
    expect(await openPayment(store(), payment)).toBe(true);
    await settlePayment(store(), payment.paymentRef, word(5));
    await dropPayment(store(), payment.paymentRef);
    expect(await findPayment(store(), payment.paymentRef)).toMatchObject({ state: 'settled', tx: word(5) });
  });

  it('knows the contested ones first of those to be booked, and each until its booking is final', async () => {
    const refs: Hex[] = [];
    for (const n of [1, 2, 3]) {
      const payment = paymentOf(n, n);
      await openPayment(store(), payment);
      await settlePayment(store(), payment.paymentRef, word(n));
      refs.push(payment.paymentRef);
    }
    await openPayment(store(), paymentOf(4, 4));
    await markContested(store(), refs[2]!);
    await markContested(store(), word(99));
    const unbooked = async (deepest = 0n) =>
      (await unbookedPayments(store(), deepest)).map(({ paymentRef }) => paymentRef);
    expect((await unbooked())[0]).toBe(refs[2]);
    expect((await unbooked()).toSorted()).toEqual(refs.toSorted());
    for (const [i, ref] of refs.entries()) await noteBooking(store(), ref, 10n + BigInt(i));
    expect(await unbooked(9n)).toEqual([]);
    expect((await unbooked(11n)).toSorted()).toEqual(refs.slice(0, 2).toSorted());
    expect(await findPayment(store(), refs[2]!)).toMatchObject({ bookedBlock: 12 });
    expect(await undistributedPayments(store())).toEqual(new Map());
    for (const ref of refs) await markBooked(store(), ref, 20n);
    expect(await unbooked(99n)).toEqual([]);
    expect(await undistributedPayments(store())).toEqual(new Map([[VAULT, expect.arrayContaining(refs)]]));
    await markDistributed(store(), refs.slice(1));
    expect(await undistributedPayments(store())).toEqual(new Map([[VAULT, [refs[0]]]]));
  });
});
