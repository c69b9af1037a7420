import { startAnvil, type TestChain } from '@oml/program/test-support/anvil';
import { createLogger } from '@oml/service/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { paymentOf, TOKEN, VAULT, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import { collectedChannels, dueChannels, markCollected, stillCollected, uncollect } from '../channel/collection.ts';
import { openChannel } from '../channel/ledger.ts';
import {
  bookedPayments,
  markBooked,
  markDistributed,
  openPayment,
  settlePayment,
  stillBooked,
  unbook,
  unbookedPayments,
  undistributedPayments,
} from '../payment/ledger.ts';
import { checkpointsOf, keepCheckpoint } from './checkpoints.ts';
import { noticeRollback } from './rollback.ts';

let chain: TestChain;
beforeAll(async () => void (chain = await startAnvil()));
afterAll(() => chain?.stop());

const CONFIG = {
  payer: TOKEN,
  payerAuthorizer: TOKEN,
  receiver: VAULT,
  receiverAuthorizer: VAULT,
  token: TOKEN,
  withdrawDelay: 172_800,
  salt: word(1),
};

describeOnStores('what counts as booked for good', (store) => {
  it('is known by the block in which it stood at the latest, and is due again where it is no more', async () => {
    const { paymentRef } = paymentOf(1, 1);
    await openPayment(store(), paymentOf(1, 1));
    await settlePayment(store(), paymentRef, word(5));
    await markBooked(store(), paymentRef, 10n);
    await markDistributed(store(), [paymentRef]);
    const above = async (block: bigint) => (await bookedPayments(store(), { above: block })).length;
    expect([await above(9n), await above(10n)]).toEqual([1, 0]);
    await stillBooked(store(), paymentRef, 30n);
    expect(await above(29n)).toBe(1);
    expect(await undistributedPayments(store())).toEqual(new Map([[VAULT, [paymentRef]]]));
    expect(await unbookedPayments(store(), 99n)).toEqual([]);
    await unbook(store(), paymentRef);
    expect(await unbookedPayments(store(), 99n)).toMatchObject([{ paymentRef, bookedBlock: null }]);
    expect(await undistributedPayments(store())).toEqual(new Map());
    expect(await bookedPayments(store(), { refs: [paymentRef] })).toEqual([]);
  });

  it('is due again in a channel since its oldest charge of then', async () => {
    const channelId = word(7);
    await openChannel(store(), channelId, CONFIG);
    const charged = { charged: '9', signature: word(3), signed: '9', uncollected_since: 1_000 };
    await store().db.updateTable('channel').set(charged).execute();
    await markCollected(store(), channelId, { total: 9n, block: 10n });
    const above = async (block: bigint) => (await collectedChannels(store(), { above: block })).length;
    expect([await above(9n), await above(10n)]).toEqual([1, 0]);
    await stillCollected(store(), channelId, 30n);
    expect(await above(29n)).toBe(1);
    const due = async (before: number) =>
      (await dueChannels(store(), { before, above: 2n ** 200n, mostOfVault: 5 })).size;
    expect(await due(9_999)).toBe(0);
    await uncollect(store(), channelId, 4n);
    expect([await due(999), await due(1_000)]).toEqual([0, 1]);
    expect(await collectedChannels(store(), { ids: [channelId] })).toMatchObject([{ channelId, booked: 4n }]);
  });

  it('has checkpoints of every block that is new, of every so many that are old, and none of long ago', async () => {
    for (let number = 1n; number <= 300n; number++) await keepCheckpoint(store(), { number, hash: word(1) });
    const numbers = async () => (await checkpointsOf(store())).map(({ number }) => Number(number));
    const thin = (await numbers()).filter((number) => number < 236);
    expect(thin).toEqual([192, 128, 64, 1]);
    expect(await numbers()).toHaveLength(4 + 65);
    await keepCheckpoint(store(), { number: 120_065n, hash: word(2) });
    expect((await numbers()).at(-1)).toBe(128);
  });

  it('is looked for again where the chain dropped blocks, and not where a node lags', async () => {
    const { publicClient, testClient } = chain;
    const contracts = {} as never; // nothing is booked here
    const noticing = { chain: { publicClient, deployment: { contracts } as never }, store: store(), logger };
    const next = async () => (await store().db.selectFrom('cursor').selectAll().execute()).map((row) => row.next_block);
    for (let look = 0; look < 3; look++) {
      await testClient.mine({ blocks: 1 });
      await noticeRollback(noticing);
    }
    const head = Number(await publicClient.getBlockNumber());
    await store()
      .db.insertInto('cursor')
      .values({ name: 'contested', next_block: head + 1 })
      .execute();
    await testClient.mine({ blocks: 1 });
    await noticeRollback(noticing);
    expect(await next()).toEqual([head + 1]);

    const before = await testClient.snapshot();
    await testClient.mine({ blocks: 3 });
    await noticeRollback(noticing);
    await testClient.revert({ id: before });
    await noticeRollback(noticing); // that node does not have the block: who knows
    expect(await next()).toEqual([head + 1]);

    await testClient.mine({ blocks: 5 });
    await testClient.request({ method: 'anvil_reorg' as never, params: [7, []] as never });
    await noticeRollback(noticing);
    expect(await next()).toEqual([head]);
    expect((await checkpointsOf(store())).map(({ number }) => Number(number))[1]).toBe(head - 1);
  });
});

const logger = createLogger('test');
logger.level = 'silent';
