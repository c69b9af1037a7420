import { expect, it } from 'vitest';
import { TOKEN, VAULT, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import { keepVouchers, lateVaults, type Kept } from './keep.ts';

const HOUR = 3_600_000;
const kept = (charged: bigint, since: number): Kept => ({
  channelId: word(1),
  config: {
    payer: TOKEN,
    payerAuthorizer: TOKEN,
    receiver: VAULT,
    receiverAuthorizer: VAULT,
    token: TOKEN,
    withdrawDelay: 172_800,
    salt: word(1),
  },
  charged,
  signed: charged,
  signature: '0x11',
  since,
});

describeOnStores('the vouchers of a watchtower', (store) => {
  it('wait since their host last collected, and not since it first charged the channel', async () => {
    const now = Date.now();
    await keepVouchers(store(), [kept(1n, now - 20 * HOUR)]);
    expect((await lateVaults(store(), now - 16 * HOUR)).get(VAULT)).toBe(1);
    await keepVouchers(store(), [kept(2n, now - HOUR)]);
    expect((await lateVaults(store(), now - 16 * HOUR)).size).toBe(0);
  });

  it('keep their time where an older total comes again', async () => {
    const now = Date.now();
    await keepVouchers(store(), [kept(2n, now - 20 * HOUR)]);
    await keepVouchers(store(), [kept(1n, now)]);
    await keepVouchers(store(), [kept(2n, now)]);
    expect((await lateVaults(store(), now - 16 * HOUR)).get(VAULT)).toBe(1);
  });
});
