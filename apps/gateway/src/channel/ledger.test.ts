import fc from 'fast-check';
import type { Hex } from 'viem';
import { expect, it } from 'vitest';
import { TOKEN, VAULT, word } from '../../test-support/payments.ts';
import { charge as chargeOn, describeOnStores } from '../../test-support/stores.ts';
import { markCollected, purgeCharges } from './collection.ts';
import { useRefOf } from './header.ts';
import { chargingOf, findChannel, letGo, openChannel, reserve, reserveAtOnce, type Wanted } from './ledger.ts';

const PRICE = 5n;
const CONFIG = {
  payer: TOKEN,
  payerAuthorizer: TOKEN,
  receiver: VAULT,
  receiverAuthorizer: VAULT,
  token: TOKEN,
  withdrawDelay: 172_800,
  salt: word(1),
};

/** The voucher over a total, of try number `attempt`. */
const voucher = (channelId: Hex, signed: bigint, attempt: number): Wanted => ({
  useRef: useRefOf({ channelId, signed }, word(attempt)),
  channelId,
  client: TOKEN,
  amount: PRICE,
  signed,
  signature: '0x11',
  requestNonce: word(1_000 + attempt),
  requestHash: word(attempt),
  attempt: word(attempt),
  holder: TOKEN,
});

describeOnStores('the ledger of channels', (store) => {
  let channels = 0;
  const open = async () => {
    const channelId = word(++channels);
    await openChannel(store(), channelId, CONFIG);
    return channelId;
  };
  const charge = (wanted: Wanted, amount = PRICE) => {
    const { signed: cumulative, attempt } = wanted;
    const bill = { amount, cumulative: cumulative - PRICE + amount };
    return chargeOn(store(), chargingOf(store(), { ...wanted, cumulative, state: 'open' }, attempt, bill));
  };
  const chargedOf = async (channelId: Hex) => (await findChannel(store(), channelId))!.charged;
  const everyone = () => true;
  const nobody = () => false;

  it('knows no total of a channel that is not in it', async () => {
    expect(await reserve(store(), voucher(word(9_999), PRICE, 1), nobody)).toEqual({ no: 'unknown' });
  });

  it('gives one of many vouchers that come at once the channel', async () => {
    const channelId = await open();
    const tries = Array.from({ length: 8 }, (_, i) => reserve(store(), voucher(channelId, PRICE, 10 + i), everyone));
    const got = await Promise.all(tries);
    expect(got.filter((reserved) => 'charge' in reserved)).toHaveLength(1);
    expect(got.filter((reserved) => 'no' in reserved && reserved.no === 'busy')).toHaveLength(7);
  });

  it('gives one of many the channel also in one statement', async () => {
    const channelId = await open();
    const tries = Array.from({ length: 8 }, (_, i) => reserveAtOnce(store(), voucher(channelId, PRICE, 20 + i)));
    const got = await Promise.all(tries);
    expect(got.filter(Boolean)).toHaveLength(1);
    const attempt = 20 + got.indexOf(true);
    await charge(voucher(channelId, PRICE, attempt));
    expect(await chargedOf(channelId)).toBe(PRICE);
  });

  it('gives nothing in one statement where it has to look', async () => {
    const channelId = await open();
    const first = voucher(channelId, PRICE, 60);
    expect(await reserveAtOnce(store(), voucher(word(9_998), PRICE, 61))).toBe(false);
    expect(await reserveAtOnce(store(), voucher(channelId, 2n * PRICE, 62))).toBe(false);
    expect(await reserveAtOnce(store(), first)).toBe(true);
    await charge(first);
    expect(await reserveAtOnce(store(), first)).toBe(false);
    const used = { ...voucher(channelId, 2n * PRICE, 63), requestNonce: first.requestNonce };
    expect(await reserveAtOnce(store(), used)).toBe(false);
    expect(await reserveAtOnce(store(), voucher(channelId, 2n * PRICE, 64))).toBe(true);
  });

  it('charges nothing for an answer that failed, and the next call takes its place', async () => {
    const channelId = await open();
    const [first, second] = [voucher(channelId, PRICE, 30), voucher(channelId, PRICE, 31)];
    await reserve(store(), first, everyone);
    await letGo(store(), word(30));
    expect(await reserve(store(), second, everyone)).toMatchObject({ charge: { state: 'open' } });
    await expect(charge(first)).rejects.toMatchObject({ code: 'CONFLICT' });
    await charge(second);
    expect(await chargedOf(channelId)).toBe(PRICE);
  });

  it('charges what a dead try left open to whom took its place alone', async () => {
    const channelId = await open();
    const [dead, alive] = [voucher(channelId, PRICE, 40), voucher(channelId, PRICE, 41)];
    await reserve(store(), dead, everyone);
    await reserve(store(), alive, nobody);
    await charge(alive);
    await expect(charge(dead)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await chargedOf(channelId)).toBe(PRICE);
  });

  it('forgets a charge when it is booked for good and nothing of its answer is kept, and never charges it again', async () => {
    const channelId = await open();
    const charges = [1n, 2n, 3n].map((n) => voucher(channelId, n * PRICE, 50 + Number(n)));
    for (const wanted of charges) {
      await reserve(store(), wanted, nobody);
      await charge(wanted);
    }
    const answer = { use_ref: charges[0]!.useRef, receipt: '{}', outcome: new Uint8Array([1]), created_at: 0 };
    await store().db.insertInto('answer').values(answer).execute();
    await markCollected(store(), channelId, { total: 2n * PRICE, block: 1n });
    const left = async () => {
      await purgeCharges(store());
      const rows = await store()
        .db.selectFrom('charge')
        .select('cumulative')
        .where('channel_id', '=', channelId)
        .execute();
      return rows.map(({ cumulative }) => cumulative).toSorted();
    };
    expect(await left()).toEqual(['15', '5']);
    await store().db.updateTable('answer').set({ outcome: null }).execute();
    expect(await left()).toEqual(['15']);
    const again = { ...charges[0]!, attempt: word(59) };
    expect(await reserve(store(), again, nobody)).toMatchObject({ no: 'mismatch', channel: { charged: 3n * PRICE } });
  });

  it('holds the sum of what was answered, in whatever order calls come, fail and come again', async () => {
    const step = fc.constantFrom('answer', 'cheap', 'fail', 'die', 'replay', 'jump');
    let attempt = 100;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const channelId = await open();
        let answered = 0n;
        for (const what of steps) {
          const wanted = voucher(channelId, (what === 'jump' ? 2n : 1n) * PRICE + answered, ++attempt);
          const reserved = await reserve(store(), wanted, nobody);
          if (what === 'jump') expect(reserved).toMatchObject({ no: 'mismatch', channel: { charged: answered } });
          else expect(reserved).toMatchObject({ charge: { cumulative: answered + PRICE } });
          if (what === 'fail') await letGo(store(), word(attempt));
          if (what === 'fail' || what === 'die' || what === 'jump') continue;
          const amount = what === 'cheap' ? 2n : PRICE;
          await charge(wanted, amount);
          answered += amount;
          if (what === 'replay')
            expect(await reserve(store(), wanted, nobody)).toMatchObject({ charge: { state: 'answered' } });
        }
        const { charged, signed } = (await findChannel(store(), channelId))!;
        expect(charged).toBe(answered);
        expect(signed).toBeGreaterThanOrEqual(charged); // what is kept of vouchers covers it
      }),
      { numRuns: 15 },
    );
  });
});
