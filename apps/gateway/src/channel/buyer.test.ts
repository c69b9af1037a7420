import { revenueVaultAbi } from '@oml/contracts/abis';
import { signReceipt } from '@oml/protocol/signed/receipt';
import { signChannelQuestion } from '@oml/protocol/signed/channel-question';
import { HEADERS } from '@oml/protocol/wire/headers';
import { decodeReceiptHeader, encodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { createBuyer, type ChannelBuyerOptions } from '@oml/sdk/buyer';
import { fileChannels } from '@oml/sdk/channel/file-store';
import { readChannel } from '@oml/sdk/channel/left';
import { refundChannel, takeWithdrawalCall, withdrawCall } from '@oml/sdk/channel/leave';
import { memoryChannels } from '@oml/sdk/channel/store';
import { join } from 'node:path';
import type { LocalAccount } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, controlsOf, KEYS, SIGNER } from '../../test-support/chain-fixture.ts';
import { onChain } from '../../test-support/channels.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { buyerOptions, PRICE, PROMPT } from '../../test-support/scene.ts';

let market: Market;
beforeAll(async () => {
  market = await openMarket();
});
afterAll(() => market?.stop());

/** What a buyer's keys were asked for, in order. */
interface Signed {
  wallet: number;
  /** Totals that the session key signed. */
  totals: bigint[];
}

function signing(session: LocalAccount = privateKeyToAccount(generatePrivateKey())) {
  const signed: Signed = { wallet: 0, totals: [] };
  const account = {
    address: BUYER.address,
    signTypedData: (message: never) => (signed.wallet++, BUYER.signTypedData(message)),
  };
  const sessionKey = {
    address: session.address,
    signTypedData(message: { message: Record<string, unknown> }) {
      signed.totals.push(message.message['maxClaimableAmount'] as bigint);
      return session.signTypedData(message as never);
    },
  };
  return { signed, account, sessionKey };
}

/** A buyer with a session key of its own, and so with channels of its own. */
function channelBuyer(overrides: Partial<ChannelBuyerOptions> = {}, session?: LocalAccount) {
  const { signed, account, sessionKey } = signing(session);
  const channel = { sessionKey, deposit: 20n * PRICE, store: memoryChannels(), ...overrides.channel };
  const options = { ...buyerOptions(market.chain), account, ...overrides, channel: { ...channel, sessionKey } };
  return { buyer: createBuyer(options), options, signed, client: sessionKey.address };
}
const ask = (seed: number) => ({ model: 'fable-mini', prompt: PROMPT, maxTokens: 4, temperature: 0, seed });
const url = () => market.gateway.url;

describe('a buyer with a session key', () => {
  it('asks its wallet once, then pays by vouchers of which each follows a receipt', async () => {
    const { buyer, signed, client } = channelBuyer();
    const sent = await sentBy(market.chain);
    const cost = await market.costOf(async () => {
      for (let n = 1n; n <= 5n; n++) {
        const { signedReceipt, payment } = await buyer.complete(url(), ask(Number(n)));
        expect(signedReceipt.receipt).toMatchObject({ client, amount: PRICE, cumulative: n * PRICE });
        expect(payment).toMatchObject({ paymentRef: signedReceipt.receipt.paymentRef, cumulative: n * PRICE });
      }
    });
    expect(cost).toBe(20n * PRICE);
    expect(signed).toEqual({ wallet: 1, totals: [1n, 2n, 3n, 4n, 5n].map((n) => n * PRICE) });
    expect(await sentBy(market.chain)).toBe(sent + 1);
  });

  it('lets calls that come at once wait for each other', async () => {
    const { buyer, signed } = channelBuyer();
    const all = await Promise.all([1, 2, 3, 4].map((n) => buyer.complete(url(), ask(n))));
    const totals = [1n, 2n, 3n, 4n].map((n) => n * PRICE);
    expect(signed.totals).toEqual(totals); // in their order, whichever call came first
    expect(new Set(all.map(({ signedReceipt }) => signedReceipt.receipt.cumulative))).toEqual(new Set(totals));
  });

  it('streams, and pays on after the stream’s receipt', async () => {
    const { buyer } = channelBuyer();
    let text = '';
    const streamed = await buyer.complete(url(), { ...ask(1), onText: (piece) => (text += piece) });
    expect(streamed.text).toBe(text);
    const next = await buyer.complete(url(), ask(2));
    expect(next.signedReceipt.receipt.cumulative).toBe(2n * PRICE);
  });

  it('pays by one authorization where its deposit does not cover several calls', async () => {
    const { buyer, signed } = channelBuyer({ channel: { deposit: 2n * PRICE } as never });
    const { payment } = await buyer.complete(url(), ask(1));
    expect('authorization' in payment).toBe(true);
    expect(signed).toEqual({ wallet: 1, totals: [] });
  });

  it('deposits again when the channel is used up', async () => {
    const { buyer, signed } = channelBuyer({ channel: { deposit: 10n * PRICE } as never });
    for (let n = 1; n <= 11; n++) await buyer.complete(url(), ask(n));
    expect(signed.wallet).toBe(2);
  });
});

describe('a buyer that lost an answer', () => {
  /** Sends everything, and loses what comes back while `isCut`. */
  function cut() {
    const line = { isCut: false };
    const cutting: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      const isPaid = request.headers.has('payment-signature');
      const response = await fetch(request);
      if (!isPaid || !line.isCut) return response;
      await response.arrayBuffer();
      throw new TypeError('fetch failed');
    };
    return { line, fetch: cutting };
  }

  it('and was started anew asks for it with the same voucher, and goes on from its receipt', async () => {
    const store = fileChannels(join(market.chain.scratch, 'channels'));
    const session = privateKeyToAccount(generatePrivateKey());
    const lossy = cut();
    const before = channelBuyer({ fetch: lossy.fetch, channel: { store } as never }, session);
    await before.buyer.complete(url(), ask(1));
    lossy.line.isCut = true;
    await expect(before.buyer.complete(url(), ask(2))).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    const after = channelBuyer(
      { channel: { store: fileChannels(join(market.chain.scratch, 'channels')) } as never },
      session,
    );
    const again = await after.buyer.complete(url(), ask(2));
    expect(again.signedReceipt.receipt.cumulative).toBe(2n * PRICE);
    const next = await after.buyer.complete(url(), ask(3));
    expect(next.signedReceipt.receipt.cumulative).toBe(3n * PRICE);
    expect([...before.signed.totals, ...after.signed.totals]).toEqual([1n, 2n, 3n].map((n) => n * PRICE));
  });

  it('of its very first call deposits once', async () => {
    const lossy = cut();
    const { buyer, signed } = channelBuyer({ fetch: lossy.fetch });
    lossy.line.isCut = true;
    const cost = await market.costOf(async () => {
      await expect(buyer.complete(url(), ask(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      lossy.line.isCut = false;
      const { signedReceipt } = await buyer.complete(url(), ask(2));
      expect(signedReceipt.receipt.cumulative).toBe(2n * PRICE);
    });
    expect(cost).toBe(20n * PRICE);
    expect(signed.wallet).toBe(1);
  });
});

describe('a host that lies', () => {
  it('about the total in a receipt is caught, and gets no voucher above it', async () => {
    const { chainId, contracts } = market.chain.deployment;
    const adjudicator = { chainId, court: contracts.claimCourt };
    let lies = false;
    const lying: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const header = response.headers.get(HEADERS.receipt);
      if (!header || !lies) return response;
      const { receipt } = decodeReceiptHeader(header);
      const jumped = await signReceipt({ ...receipt, cumulative: receipt.cumulative + PRICE }, SIGNER, adjudicator);
      const headers = new Headers(response.headers);
      headers.set(HEADERS.receipt, encodeReceiptHeader(jumped));
      return new Response(response.body, { status: response.status, headers });
    };
    const { buyer, signed } = channelBuyer({ fetch: lying });
    await buyer.complete(url(), ask(1));
    lies = true;
    for (const _ of ['once', 'and again'])
      await expect(buyer.complete(url(), ask(2))).rejects.toMatchObject({
        code: 'RECEIPT_MISMATCH',
        details: { differing: ['cumulative'] },
      });
    expect(signed.totals.every((total) => total <= 2n * PRICE)).toBe(true);
  });

  it('about what the channel was charged gets nothing signed', async () => {
    let lies = false;
    const lying: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      if (!lies || !request.headers.has('payment-signature')) return fetch(request);
      return Response.json({ code: 'VOUCHER_MISMATCH', detail: 'you owe more', status: 402 }, { status: 402 });
    };
    const { buyer, signed } = channelBuyer({ fetch: lying });
    await buyer.complete(url(), ask(1));
    lies = true;
    await expect(buyer.complete(url(), ask(2))).rejects.toMatchObject({ code: 'VOUCHER_MISMATCH' });
    lies = false;
    const { signedReceipt } = await buyer.complete(url(), ask(2));
    expect(signedReceipt.receipt.cumulative).toBe(2n * PRICE);
    expect(signed.totals).toEqual([PRICE, 2n * PRICE]);
  });
});

describe('what is left in a channel', () => {
  it('is told to the session key alone, in one request, by the host’s books and the chain', async () => {
    const session = privateKeyToAccount(generatePrivateKey());
    const store = memoryChannels();
    const { buyer, options } = channelBuyer({ channel: { store } as never }, session);
    const at = { baseUrl: url(), vault: market.vault };
    await expect(readChannel(options, at)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const n of [1, 2, 3]) await buyer.complete(url(), ask(n));
    const left = await readChannel(options, at);
    expect(left).toMatchObject({ balance: 20n * PRICE, charged: 3n * PRICE, left: 17n * PRICE, collected: 0n });

    const { channelId } = left;
    const domain = { chainId: 31_337, batchSettlement: market.chain.deployment.contracts.batchSettlement };
    const now = BigInt(Math.floor(Date.now() / 1_000));
    const asked = async (askedAt: bigint, by = session) => {
      const signature = await signChannelQuestion({ channelId, askedAt }, by as never, domain);
      const headers = { 'oml-signature': signature };
      const response = await fetch(`${url()}/v1/channels/${channelId}?asked_at=${askedAt}`, { headers });
      return ((await response.json()) as { code?: string }).code;
    };
    expect(await asked(now)).toBeUndefined();
    expect(await asked(now, privateKeyToAccount(generatePrivateKey()))).toBe('NOT_FOUND');
    expect(await asked(now - 200n)).toBe('SIGNATURE_INVALID');
    expect(await asked(now + 200n)).toBe('SIGNATURE_INVALID');
  });
});

describe('a buyer that leaves', () => {
  const leaving = () => ({ baseUrl: url(), model: 'fable-mini', kind: 'language' as const, vault: market.vault });

  it('is refunded by its host, and what its receipts add up to is booked', async () => {
    const { buyer, options, client } = channelBuyer();
    const cost = await market.costOf(async () => {
      const { payment } = await buyer.complete(url(), ask(1));
      expect(await refundChannel(options, leaving())).toMatchObject({ refunded: 19n * PRICE });
      const booked = await market.chain.as(KEYS.BUYER).publicClient.readContract({
        address: market.vault,
        abi: revenueVaultAbi,
        functionName: 'booked',
        args: [payment.paymentRef, client],
      });
      expect(booked).toBe(PRICE);
    });
    expect(cost).toBe(PRICE);
  });

  it('goes on in the same channel if it comes back', async () => {
    const { buyer, options } = channelBuyer();
    await buyer.complete(url(), ask(1));
    await refundChannel(options, leaving());
    const { signedReceipt } = await buyer.complete(url(), ask(2));
    expect(signedReceipt.receipt.cumulative).toBe(2n * PRICE);
  });

  it('takes its money past a host that is gone, after the delay', async () => {
    const { buyer, options } = channelBuyer({ fetch: async (input, init) => fetch(input, init) });
    const { payment } = await buyer.complete(url(), ask(1));
    if (!('channel' in payment)) throw new Error('it paid otherwise');
    const gone = { ...options, fetch: () => Promise.reject(new TypeError('fetch failed')) };
    await expect(refundChannel(gone, leaving())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const { chain } = market;
    const wallet = chain.as(KEYS.BUYER);
    await wallet.send(withdrawCall(chain.deployment, payment.channel, 19n * PRICE));
    await expect(wallet.send(takeWithdrawalCall(chain.deployment, payment.channel))).rejects.toThrow();
    await controlsOf(chain).increaseTime({ seconds: 172_801 });
    await controlsOf(chain).mine({ blocks: 1 });
    await wallet.send(takeWithdrawalCall(chain.deployment, payment.channel));
    expect(await onChain(chain, payment.paymentRef)).toEqual({ balance: PRICE, claimed: 0n });
  });
});
