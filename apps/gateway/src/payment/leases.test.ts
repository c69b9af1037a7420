import { expect, it } from 'vitest';
import { paymentOf, TOKEN, VAULT, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import { openChannel, reserve } from '../channel/ledger.ts';
import { renewLeases } from './leases.ts';
import { openPayment, settlePayment } from './ledger.ts';
import { bindOwed, noteFailed } from './owed.ts';

const CONFIG = {
  payer: TOKEN,
  payerAuthorizer: TOKEN,
  receiver: VAULT,
  receiverAuthorizer: VAULT,
  token: TOKEN,
  withdrawDelay: 172_800,
  salt: word(1),
};
const nothing = { attempts: new Set<string>(), payments: new Set<never>() };

describeOnStores('an answer that takes longer than another gateway waits', (store) => {
  it('keeps its place in the channel as long as it is at work, and no longer', async () => {
    await openChannel(store(), word(1), CONFIG);
    const voucher = (attempt: number) => ({
      useRef: word(attempt),
      channelId: word(1),
      client: TOKEN,
      amount: 5n,
      signed: 5n,
      signature: '0x11' as const,
      requestNonce: word(100 + attempt),
      requestHash: word(attempt),
      attempt: word(attempt),
      holder: TOKEN,
    });
    const atAnother = (attempt: number) =>
      reserve(store(), voucher(attempt), ({ open_until }) => open_until > Date.now());
    const longAgo = () => store().db.updateTable('charge').set({ open_until: 0 }).execute();
    await reserve(store(), voucher(1), () => true);
    await longAgo();
    await renewLeases(store(), { ...nothing, attempts: new Set([word(1)]) });
    expect(await atAnother(2)).toEqual({ no: 'busy' });
    await longAgo();
    await renewLeases(store(), nothing);
    expect(await atAnother(2)).toMatchObject({ charge: { state: 'open' } });
  });

  it('keeps its single payment, and gives it free when it failed', async () => {
    const payment = paymentOf(1, 1);
    const { paymentRef, requestHash } = payment;
    await openPayment(store(), payment);
    await settlePayment(store(), paymentRef, '0x22');
    const atAnother = () => bindOwed(store(), { paymentRef, requestHash: word(7), requestNonce: word(7) });
    const leftAlone = async () =>
      Number((await store().db.selectFrom('payment').select('owed_from').executeTakeFirstOrThrow()).owed_from);
    await store()
      .db.updateTable('payment')
      .set({ owed_from: Date.now() + 60_000 })
      .execute();
    const before = await leftAlone();
    await renewLeases(store(), { ...nothing, payments: new Set([paymentRef]) });
    expect(await leftAlone()).toBeGreaterThan(before);
    expect(await atAnother()).toBe(false);
    await noteFailed(store(), { paymentRef, requestHash });
    await renewLeases(store(), { ...nothing, payments: new Set([paymentRef]) });
    expect(await atAnother()).toBe(true);
  });
});
