import type { Hex } from 'viem';
import { expect, it, vi } from 'vitest';
import { paymentOf, VAULT, word } from '../../test-support/payments.ts';
import { charge, describeOnStores } from '../../test-support/stores.ts';
import { findPayment, openPayment, settlePayment } from './ledger.ts';
import { bindOwed, claimRefund, holdOwed, noteFailed, spendingOf } from './owed.ts';

describeOnStores('a payment that is owed an answer', (store) => {
  const settle = async (n: number) => {
    const payment = paymentOf(n, n);
    await openPayment(store(), payment);
    await settlePayment(store(), payment.paymentRef, word(5));
    return payment;
  };
  const spend = (bound: { paymentRef: Hex; requestHash: Hex }) => charge(store(), spendingOf(store(), bound));
  const other = (paymentRef: Hex, n: number) => ({ paymentRef, requestHash: word(n), requestNonce: word(n) });

  it('is left to its request until that failed, or ten minutes are over', async () => {
    const [failed, silent] = [await settle(1), await settle(2)];
    for (const { paymentRef } of [failed, silent]) expect(await bindOwed(store(), other(paymentRef, 50))).toBe(false);
    await noteFailed(store(), failed);
    expect(await bindOwed(store(), other(failed.paymentRef, 51))).toBe(true);
    expect(await findPayment(store(), failed.paymentRef)).toMatchObject({
      requestHash: word(51),
      requestNonce: word(51),
    });
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 601_000);
    expect(await bindOwed(store(), other(silent.paymentRef, 52))).toBe(true);
    vi.restoreAllMocks();
  });

  it('goes to one of many requests that want it at once, and is answered once', async () => {
    const { paymentRef, requestHash } = await settle(1);
    await noteFailed(store(), { paymentRef, requestHash });
    const wanted = Array.from({ length: 8 }, (_, n) => other(paymentRef, 60 + n));
    const bound = await Promise.all(wanted.map((one) => bindOwed(store(), one)));
    expect(bound.filter(Boolean)).toHaveLength(1);
    const winner = wanted[bound.indexOf(true)]!;
    for (const loser of [{ paymentRef, requestHash }, ...wanted.filter((one) => one !== winner)])
      await expect(spend(loser)).rejects.toMatchObject({ code: 'CONFLICT' });
    await spend(winner);
    await expect(spend(winner)).rejects.toMatchObject({ code: 'CONFLICT' });
    await noteFailed(store(), winner);
    expect(await bindOwed(store(), other(paymentRef, 90))).toBe(false);
    expect(await holdOwed(store(), winner)).toBe(false);
  });

  it('is held by its own request that comes again', async () => {
    const payment = await settle(1);
    await noteFailed(store(), payment);
    expect(await holdOwed(store(), payment)).toBe(true);
    expect(await bindOwed(store(), other(payment.paymentRef, 50))).toBe(false);
  });

  it('is refunded or answered, never both', async () => {
    const [refunded, answered, fresh] = [await settle(1), await settle(2), await settle(3)];
    for (const payment of [refunded, answered]) await noteFailed(store(), payment);
    expect(await claimRefund(store(), refunded.paymentRef, VAULT)).toBe(true);
    await expect(spend(refunded)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await bindOwed(store(), other(refunded.paymentRef, 50))).toBe(false);
    expect(await claimRefund(store(), refunded.paymentRef, VAULT)).toBe(false);
    await spend(answered);
    expect(await claimRefund(store(), answered.paymentRef, VAULT)).toBe(false);
    expect(await claimRefund(store(), fresh.paymentRef, VAULT)).toBe(false);
  });
});
