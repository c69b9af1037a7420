import { getAddress, type Address } from 'viem';
import { expect, it } from 'vitest';
import { TOKEN, VAULT, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import { dueChannels, markCollected, putOff } from '../channel/collection.ts';
import { keepVouchers, shareOf, type Kept } from './keep.ts';

const HOUR = 3_600_000;
const [HOST, OTHER] = [1, 2].map((n) => getAddress(`0x${String(n).repeat(40)}`)) as [Address, Address];
const OTHER_VAULT = getAddress(`0x${'c'.repeat(40)}`);
const kept = (charged: bigint, since: number, channel = 1, vault = VAULT): Kept => ({
  channelId: word(channel),
  config: {
    payer: TOKEN,
    payerAuthorizer: TOKEN,
    receiver: vault,
    receiverAuthorizer: vault,
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
  const keep = (vouchers: Kept[], host = HOST, share = 1_000) => keepVouchers(store(), { host, share }, vouchers);
  const dueOf = async (before: number, mostOfVault = 500) => {
    const due = await dueChannels(store(), { before, above: 2n ** 255n, mostOfVault });
    return Object.fromEntries([...due].map(([vault, channels]) => [vault, channels.length]));
  };

  it('wait since their host last collected, and not since it first charged the channel', async () => {
    const now = Date.now();
    await keep([kept(1n, now - 20 * HOUR)]);
    expect(await dueOf(now - 16 * HOUR)).toEqual({ [VAULT]: 1 });
    await keep([kept(2n, now - HOUR)]);
    expect(await dueOf(now - 16 * HOUR)).toEqual({});
  });

  it('keep their time where an older total comes again', async () => {
    const now = Date.now();
    for (const [charged, since] of [[2n, now - 20 * HOUR] as const, [1n, now] as const, [2n, now] as const])
      await keep([kept(charged, since)]);
    expect(await dueOf(now - 16 * HOUR)).toEqual({ [VAULT]: 1 });
  });

  it('of one host take no room of another, and what it has collected makes room for its next', async () => {
    const full = [1, 2, 3].map((channel) => kept(1n, 1, channel));
    expect((await keep(full, HOST, 2)).map(({ channelId }) => channelId)).toEqual([word(3)]);
    expect(await keep([kept(1n, 1, 4, OTHER_VAULT)], OTHER, 2)).toEqual([]);
    // What it has there already is kept up to date all the same.
    expect(await keep([kept(5n, 1, 1), kept(1n, 1, 3)], HOST, 2)).toHaveLength(1);
    await markCollected(store(), word(2), { total: 1n, block: 1n });
    expect(await keep([kept(1n, 1, 3)], HOST, 2)).toEqual([]);
    const rows = await store().db.selectFrom('channel').select(['channel_id', 'charged', 'host']).execute();
    expect(rows.toSorted((a, b) => a.channel_id.localeCompare(b.channel_id))).toEqual([
      { channel_id: word(1), charged: '5', host: HOST },
      { channel_id: word(3), charged: '1', host: HOST },
      { channel_id: word(4), charged: '1', host: OTHER },
    ]);
    expect([shareOf(1), shareOf(4), shareOf(1_000_000)]).toEqual([200_000, 50_000, 1]);
  });

  it('are collected from every vault in each round, however many one of them has', async () => {
    await keep([1, 2, 3, 4, 5].map((channel) => kept(1n, 1, channel)));
    await keep([kept(1n, HOUR, 9, OTHER_VAULT)], OTHER);
    expect(await dueOf(2 * HOUR, 2)).toEqual({ [VAULT]: 2, [OTHER_VAULT]: 1 });
  });

  it('of channels that hold too little stand in nobody’s way', async () => {
    const [first, second] = [kept(1n, 1, 1), kept(1n, 2, 2)];
    await keep([first, second]);
    const due = async () => {
      const channels = await dueChannels(store(), { before: HOUR, above: 2n ** 255n, mostOfVault: 1 });
      return channels.get(VAULT)?.map(({ channelId }) => channelId);
    };
    expect(await due()).toEqual([word(1)]);
    await putOff(store(), [first], Date.now() + HOUR);
    expect(await due()).toEqual([word(2)]);
    await putOff(store(), [first], Date.now() - 1);
    expect(await due()).toEqual([word(1)]);
  });
});
