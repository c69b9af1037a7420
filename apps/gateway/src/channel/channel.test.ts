import { revenueVaultAbi } from '@oml/contracts/abis';
import { channelIdOf, signVoucher } from '@oml/protocol/signed/channel';
import type { PaymentPayload } from '@x402/core/types';
import { wrapFetchWithPayment } from '@x402/fetch';
import { zeroAddress, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, OUTSIDER, type TestChain } from '../../test-support/chain-fixture.ts';
import {
  channelClient,
  configOf,
  onChain,
  postVoucher,
  receiptIn,
  SESSION,
  termsOf,
  voucherFor,
  voucherOf,
  withdrawCall,
  type ChannelClient,
} from '../../test-support/channels.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { PRICE } from '../../test-support/scene.ts';
import { post, x402Header, type PostedCall } from '../../test-support/x402-fixture.ts';

/** Of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

let market: Market;
let chain: TestChain;
let salt = 0;

beforeAll(async () => {
  market = await openMarket();
  ({ chain } = market);
});
afterAll(() => market?.stop());

const domain = () => ({ chainId: 31_337, batchSettlement: chain.deployment.contracts.batchSettlement });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const json = ({ body }: PostedCall) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const seeded = (seed: number) => market.completion({ seed, temperature: 1 });

/** A channel of its own, in use: it paid for one call. */
async function openedChannel(
  deposit?: bigint,
): Promise<{ buyer: ChannelClient; channelId: Hex; first: PaymentPayload }> {
  const buyer = channelClient(chain, { salt: ++salt, ...(deposit ? { deposit } : {}) });
  const call = seeded(1);
  const first = await voucherFor(buyer, call);
  expect((await postVoucher(buyer, call, first)).status).toBe(200);
  return { buyer, channelId: voucherOf(first).channelId, first };
}

describe('an official client with a channel', () => {
  it('pays for many calls with one signature of its wallet and one transaction', async () => {
    const buyer = channelClient(chain, { salt: ++salt });
    const pay = wrapFetchWithPayment(fetch, buyer.client);
    const before = await sentBy(chain);
    let paymentRef: Hex | undefined;
    const cost = await market.costOf(async () => {
      for (let n = 1; n <= 6; n++) {
        const call = seeded(n);
        const response = await pay(call.url, json(call));
        expect(response.status).toBe(200);
        const receipt = receiptIn(response);
        paymentRef ??= receipt.paymentRef;
        expect(receipt).toMatchObject({
          licenseId: market.listing.licenseId,
          client: SESSION.address,
          paymentRef,
          amount: PRICE,
          cumulative: BigInt(n) * PRICE,
        });
      }
    });
    expect(cost).toBe(10n * PRICE);
    expect(buyer.walletSignatures()).toBe(1);
    expect(await sentBy(chain)).toBe(before + 1);
    expect(await onChain(chain, paymentRef!)).toEqual({ balance: 10n * PRICE, claimed: 0n });
  });

  it('has the channel’s id from the vault as receiver and as its authorizer, and a delay of two days', async () => {
    const { first, channelId } = await openedChannel();
    const config = configOf(first);
    expect(config).toMatchObject({ receiver: market.vault, receiverAuthorizer: market.vault, withdrawDelay: 172_800 });
    expect(channelIdOf(config, domain())).toBe(channelId);
  });

  it('streams, and the stream ends with its receipt', async () => {
    const { buyer } = await openedChannel();
    const call = market.completion({ stream: true });
    const events = await (await postVoucher(buyer, call, await voucherFor(buyer, call))).text();
    expect(events).toContain(`"cumulative":"${2n * PRICE}"`);
    expect(events.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('that forgot everything goes on in one corrective round', async () => {
    await openedChannel();
    const forgetful = channelClient(chain, { salt });
    const call = seeded(7);
    const response = await wrapFetchWithPayment(fetch, forgetful.client)(call.url, json(call));
    expect(response.status).toBe(200);
    expect(receiptIn(response).cumulative).toBe(2n * PRICE);
  });

  it('tops its channel up when it is used up', async () => {
    const { buyer, channelId } = await openedChannel(10n * PRICE);
    const pay = wrapFetchWithPayment(fetch, buyer.client);
    for (let n = 2; n <= 11; n++) {
      const call = seeded(n);
      expect((await pay(call.url, json(call))).status).toBe(200);
    }
    expect(await onChain(chain, channelId)).toMatchObject({ balance: 20n * PRICE });
  });

  it('gets the rest back when it asks for a refund, and what was charged is booked by the same transaction', async () => {
    const { buyer, channelId } = await openedChannel();
    const url = `${market.gateway.url}/v1/completions`;
    const cost = await market.costOf(async () => {
      const refund = await buyer.scheme.refund(url);
      expect(refund).toMatchObject({ success: true });
    });
    expect(cost).toBe(-9n * PRICE);
    const booked = await chain.as(KEYS.BUYER).publicClient.readContract({
      address: market.vault,
      abi: revenueVaultAbi,
      functionName: 'booked',
      args: [channelId, SESSION.address],
    });
    expect(booked).toBe(PRICE);
    await expect(buyer.scheme.refund(url)).rejects.toThrow();
    const call = seeded(8);
    const again = await wrapFetchWithPayment(fetch, buyer.client)(call.url, json(call));
    expect(receiptIn(again).cumulative).toBe(2n * PRICE);
  });
});

describe('exact', () => {
  it('is still asked for first, and by clients that know nothing else the only way', async () => {
    const { accepts } = await termsOf(market.completion());
    expect(accepts.map(({ scheme }) => scheme)).toEqual(['exact', 'batch-settlement']);
  });
});

describe('a channel that the vault could not rely on is refused and nothing is deposited', () => {
  type Change = Parameters<typeof voucherFor>[2];
  const extra =
    (change: Record<string, unknown>): Change =>
    ({ accepts }) =>
      void Object.assign(accepts[1]!.extra, change);
  const refused: [string, string, Change][] = [
    ['whose receiver is somebody else', 'receiver', ({ accepts }) => (accepts[1]!.payTo = OUTSIDER.address)],
    ['that somebody else may refund', 'receiver_authorizer', extra({ receiverAuthorizer: OUTSIDER.address })],
    ['of another token', 'token', ({ accepts }) => (accepts[1]!.asset = OUTSIDER.address)],
    ['that its payer may empty within a day', 'withdraw_delay', extra({ withdrawDelay: 86_400 })],
    ['that its payer may empty a second too early', 'withdraw_delay', extra({ withdrawDelay: 172_799 })],
  ];
  it.each(refused)('one %s', async (_, reason, change) => {
    const buyer = channelClient(chain, { salt: ++salt });
    buyer.client.setSpendControls(false);
    const cost = await market.costOf(async () => {
      const payload = await voucherFor(buyer, market.completion(), (terms) => {
        terms.accepts.shift();
        terms.accepts.unshift(structuredClone(terms.accepts[0]!));
        change!(terms);
        terms.accepts.shift();
      });
      payload.accepted = (await termsOf(market.completion())).accepts[1]!;
      const response = await post(market.completion(), payload);
      expect(response.status).toBe(402);
      expect(x402Header(response, 'payment-required')['error']).toBe(`invalid_batch_settlement_evm_${reason}_mismatch`);
      expect(await codeOf(response)).toBe('CHANNEL_INVALID');
    });
    expect(cost).toBe(0n);
  });

  it('one whose id is another’s', async () => {
    const { buyer, first } = await openedChannel();
    const payload = await voucherFor(buyer, market.completion());
    configOf(payload).salt = `0x${'77'.repeat(32)}`;
    expect(voucherOf(first).channelId).toBe(voucherOf(payload).channelId);
    expect(await codeOf(await post(market.completion(), payload))).toBe('CHANNEL_INVALID');
  });

  it('one without an authorizer, for which a contract of its payer would sign', async () => {
    const payload = await voucherFor(channelClient(chain, { salt: ++salt }), market.completion());
    const config = { ...configOf(payload), payerAuthorizer: zeroAddress };
    Object.assign(payload.payload, { channelConfig: config });
    voucherOf(payload).channelId = channelIdOf(config, domain());
    expect(await codeOf(await post(market.completion(), payload))).toBe('CHANNEL_INVALID');
  });
});

describe('a voucher is refused', () => {
  const forged = async (payload: PaymentPayload, amount: bigint, by = SESSION): Promise<void> => {
    const voucher = voucherOf(payload);
    const { channelId } = voucher;
    voucher.maxClaimableAmount = String(amount);
    voucher.signature = await signVoucher({ channelId, maxClaimableAmount: amount }, by, domain());
  };

  it('that somebody else signed, who learns nothing of the channel', async () => {
    const { buyer } = await openedChannel();
    const payload = await voucherFor(buyer, seeded(2));
    await forged(payload, 2n * PRICE, OUTSIDER as typeof SESSION);
    const response = await post(seeded(2), payload);
    expect(JSON.stringify(x402Header(response, 'payment-required'))).not.toContain('channelState');
    expect(await codeOf(response)).toBe('PAYMENT_INVALID');
  });

  it('whose signature is the other half’s, which the contract would refuse', async () => {
    const { buyer } = await openedChannel();
    const payload = await voucherFor(buyer, seeded(2));
    const voucher = voucherOf(payload);
    const s = ORDER - BigInt(`0x${voucher.signature.slice(66, 130)}`);
    const v = voucher.signature.endsWith('1b') ? '1c' : '1b';
    voucher.signature = `${voucher.signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}` as Hex;
    expect(await codeOf(await post(seeded(2), payload))).toBe('PAYMENT_INVALID');
  });

  it('that was used for another request, which it pays for once', async () => {
    const { first } = await openedChannel();
    const response = await post(seeded(2), first);
    expect(await codeOf(response)).toBe('VOUCHER_MISMATCH');
    expect(x402Header(response, 'payment-required')).toMatchObject({
      accepts: [{}, { extra: { channelState: { chargedCumulativeAmount: String(PRICE) } } }],
    });
  });

  it('that allows less or more than the price above the total', async () => {
    const { buyer } = await openedChannel();
    const payload = await voucherFor(buyer, seeded(2));
    for (const amount of [PRICE + 1n, 2n * PRICE - 1n, 2n * PRICE + 1n, 9n * PRICE]) {
      await forged(payload, amount);
      expect(await codeOf(await post(seeded(2), payload))).toBe('VOUCHER_MISMATCH');
    }
  });

  it('above the deposit', async () => {
    const { buyer } = await openedChannel(10n * PRICE);
    let payload!: PaymentPayload;
    for (let n = 2; n <= 10; n++) {
      payload = await voucherFor(buyer, seeded(n));
      expect((await postVoucher(buyer, seeded(n), payload)).status).toBe(200);
    }
    await forged(payload, 11n * PRICE);
    expect(await codeOf(await post(seeded(11), payload))).toBe('CHANNEL_SHORT');
  });

  it('of a channel that this host has no record of, whatever lies in it', async () => {
    const opened = await openedChannel();
    const stranger = channelClient(chain, { salt: ++salt });
    const payload = await voucherFor(stranger, seeded(1));
    Object.assign(payload.payload, { type: 'voucher', deposit: undefined });
    expect(await codeOf(await post(seeded(1), payload))).toBe('CHANNEL_UNKNOWN');
    expect(opened.channelId).not.toBe(voucherOf(payload).channelId);
  });

  it('once a withdrawal is under way', async () => {
    const { buyer, first } = await openedChannel();
    const payload = await voucherFor(buyer, seeded(2));
    await chain.as(KEYS.BUYER).send(withdrawCall(chain, configOf(first), 8n * PRICE));
    expect(await codeOf(await post(seeded(2), payload))).toBe('CHANNEL_LEAVING');
  });

  it('with a deposit that is not worth its gas', async () => {
    const buyer = channelClient(chain, { salt: ++salt, deposit: 9n * PRICE });
    const cost = await market.costOf(async () => {
      const response = await post(seeded(1), await voucherFor(buyer, seeded(1)));
      expect(await codeOf(response)).toBe('PAYMENT_SHORT');
    });
    expect(cost).toBe(0n);
  });

  it('with a deposit that its payer does not have', async () => {
    const buyer = channelClient(chain, { salt: ++salt, wallet: OUTSIDER });
    expect(await codeOf(await post(seeded(1), await voucherFor(buyer, seeded(1))))).toBe('PAYMENT_UNFUNDED');
  });

  it('for less than the price', async () => {
    const { buyer } = await openedChannel();
    const payload = await voucherFor(buyer, seeded(2), ({ accepts }) => (accepts[1]!.amount = '1'));
    expect(await codeOf(await post(seeded(2), payload))).toBe('PAYMENT_INVALID');
  });
});

describe('one voucher is one answer', () => {
  it('the same one, when it is sent again', async () => {
    const { first } = await openedChannel();
    const [again, oneMore] = [await post(seeded(1), first), await post(seeded(1), first)];
    expect(receiptIn(again)).toEqual(receiptIn(oneMore));
    expect(receiptIn(again).cumulative).toBe(PRICE);
    expect(await again.text()).toBe(await oneMore.text());
  });

  it('also where two requests come at once: one is answered, the other refused', async () => {
    const { buyer } = await openedChannel();
    const payload = await voucherFor(buyer, seeded(2));
    const both = await Promise.all([2, 3].map((n) => post(seeded(n), payload)));
    const codes = await Promise.all(both.map(async (response) => (response.ok ? 'answered' : codeOf(response))));
    // Whether the other one still finds the first under way is a matter of milliseconds; it never buys anything.
    expect(codes.filter((code) => code === 'answered')).toHaveLength(1);
    expect(['CHANNEL_BUSY', 'VOUCHER_MISMATCH']).toContain(codes.find((code) => code !== 'answered'));
    const answered = both.find(({ ok }) => ok)!;
    expect(receiptIn(answered).cumulative).toBe(2n * PRICE);
  });

  it('and one nonce of a client, whatever it is paid with', async () => {
    const nonce = { 'oml-request-nonce': `0x${'42'.repeat(32)}` };
    const { buyer } = await openedChannel();
    const call = market.completion({ seed: 5 }, nonce);
    expect((await postVoucher(buyer, call, await voucherFor(buyer, call))).status).toBe(200);
    const other = market.completion({ seed: 6 }, nonce);
    expect(await codeOf(await post(other, await voucherFor(buyer, other)))).toBe('IDEMPOTENCY_CONFLICT');
  });
});

describe('a refund', () => {
  it('is refused to whom does not hold the authorizer’s key, and in parts', async () => {
    const { buyer, channelId } = await openedChannel();
    const other = channelClient(chain, { salt, session: OUTSIDER as typeof SESSION });
    const url = `${market.gateway.url}/v1/completions`;
    await expect(other.scheme.refund(url)).rejects.toThrow();
    await expect(buyer.scheme.refund(url, { amount: '1' } as never)).rejects.toThrow('refund_amount_invalid');
    expect(await onChain(chain, channelId)).toEqual({ balance: 10n * PRICE, claimed: 0n });
  });
});
