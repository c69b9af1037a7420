import { signNext } from '@oml/sdk/channel/payment';
import type { PaymentPayload } from '@x402/core/types';
import { wrapFetchWithPayment } from '@x402/fetch';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, controlsOf } from '../../test-support/chain-fixture.ts';
import {
  channelClient,
  configOf,
  onChain,
  termsOf,
  voucherFor,
  voucherOf,
  type ChannelClient,
} from '../../test-support/channels.ts';
import { gatewayEnv, giveDollars, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { post } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let gateway: RunningGateway;
beforeAll(async () => {
  scene = await openScene();
  // The price of gas stands still where blocks have been empty for long.
  await controlsOf(scene.chain).mine({ blocks: 300 });
});
afterAll(() => scene?.chain.stop());

/** With so much for a coin, the gas of a channel is worth two or three calls, or hundreds. */
const FEW_CALLS = '5000000';
const MANY_CALLS = '3000000000';

async function selling(coinPrice: string, work: () => Promise<void>): Promise<void> {
  gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing], { GAS_COIN_PRICE: coinPrice }));
  await work().finally(gateway.stop);
}

/** A contract that takes any signature, after a loop of 2.6 million gas. */
const BURNER = '0x620186a05b6001900380600457631626ba7e60e01b5f5260205ff3';

const newBuyer = (deposit?: bigint) => {
  const session = privateKeyToAccount(generatePrivateKey());
  return channelClient(scene.chain, { salt: 1, session, ...(deposit ? { deposit } : {}) });
};
const url = () => `${gateway.url}/v1/completions`;
let seed = 0;

async function call({ client }: ChannelClient): Promise<number> {
  const { body } = completionAt(gateway.url, { seed: ++seed });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await wrapFetchWithPayment(fetch, client)(url(), init)).status;
}

/** Transactions of the host's gas account in the course of `work`. */
async function sentDuring(work: () => Promise<unknown>): Promise<number> {
  const before = await sentBy(scene.chain);
  await work();
  return (await sentBy(scene.chain)) - before;
}

const extraOf = async (): Promise<Record<string, unknown>> =>
  (await termsOf(completionAt(gateway.url))).accepts.find(({ scheme }) => scheme === 'batch-settlement')!.extra;
const reasonOf = async (response: Response) => ((await response.json()) as { reason: string }).reason;

const voucherSalt = (payload: PaymentPayload) => configOf(payload).salt;

describe('a buyer who deposits and asks for it back', () => {
  it('costs a host that counts no gas two transactions each time', () =>
    selling('0', async () => {
      const buyer = newBuyer();
      for (let turn = 0; turn < 2; turn++)
        expect(
          await sentDuring(async () => {
            expect(await call(buyer)).toBe(200);
            await buyer.scheme.refund(url());
          }),
        ).toBe(2);
      expect(await extraOf()).not.toHaveProperty('refundFrom');
    }));

  it('is refunded when its calls have paid for that, and again when they have paid for it again', () =>
    selling(FEW_CALLS, async () => {
      const from = BigInt(String((await extraOf())['refundFrom']));
      expect(from).toBeGreaterThan(PRICE);
      const buyer = newBuyer();
      for (let turn = 1n; turn <= 2n; turn++) {
        const calls = Number((turn * from + PRICE - 1n) / PRICE) - Number(((turn - 1n) * from + PRICE - 1n) / PRICE);
        expect(await call(buyer)).toBe(200);
        for (let n = 1; n < calls; n++) {
          expect(
            await sentDuring(() => expect(buyer.scheme.refund(url())).rejects.toThrow('refund_below_gas_cost')),
          ).toBe(0);
          expect(await call(buyer)).toBe(200);
        }
        expect(await sentDuring(() => buyer.scheme.refund(url()))).toBe(1);
      }
    }));

  it('deposits again only where the channel holds too little, and with the voucher that comes next', () =>
    selling(FEW_CALLS, async () => {
      const buyer = newBuyer();
      const first = await voucherFor(buyer, completionAt(gateway.url));
      const { channelId } = voucherOf(first);
      // A deposit whose voucher does not pay for the call that comes with it.
      const wrong = newBuyer();
      const cheap = await voucherFor(wrong, completionAt(gateway.url), ({ accepts }) => (accepts[1]!.amount = '1'));
      Object.assign(cheap.accepted, { amount: String(PRICE) });
      expect(
        await sentDuring(async () => expect((await post(completionAt(gateway.url), cheap)).status).toBe(402)),
      ).toBe(0);
      expect((await post(completionAt(gateway.url), first)).status).toBe(200);
      const again = completionAt(gateway.url, { seed: 2 });
      const terms = await termsOf(again);
      const asked = terms.accepts.find(({ scheme }) => scheme === 'batch-settlement')!;
      for (const [charged, why] of [
        [0n, /mismatch/],
        [PRICE, /deposit_not_needed/],
      ] as const) {
        const known = { salt: voucherSalt(first), charged, balance: 0n, deposit: 10n * PRICE };
        const { header } = await signNext({ account: BUYER, sessionKey: buyer.session }, terms, asked, known);
        const told = post({ ...again, headers: { 'payment-signature': header } });
        expect(await sentDuring(async () => expect(await reasonOf(await told)).toMatch(why))).toBe(0);
      }
      expect((await onChain(scene.chain, channelId)).balance).toBe(10n * PRICE);
    }));

  it('has one deposit settled at a time, so that it is asked for no two where one is enough', () =>
    selling('0', async () => {
      const session = privateKeyToAccount(generatePrivateKey());
      const twice = [1, 2].map(() => channelClient(scene.chain, { salt: 1, session, deposit: 20n * PRICE }));
      const posts = twice.map(async (buyer) => {
        const asked = completionAt(gateway.url, { seed: ++seed });
        return [asked, await voucherFor(buyer, asked)] as const;
      });
      const sent = await Promise.all(posts);
      let statuses: number[] = [];
      const work = async () => {
        statuses = (await Promise.all(sent.map(([asked, paying]) => post(asked, paying)))).map(({ status }) => status);
      };
      expect(await sentDuring(work)).toBe(1);
      expect(statuses.toSorted()).toEqual([200, 402]);
    }));

  it('has no deposit settled that burns gas in the code of its own wallet (EIP-1271)', () =>
    selling('0', async () => {
      const wallet = privateKeyToAccount(generatePrivateKey());
      await giveDollars(scene.chain, wallet.address);
      await controlsOf(scene.chain).setCode({ address: wallet.address, bytecode: BURNER });
      const session = privateKeyToAccount(generatePrivateKey());
      const buyer = channelClient(scene.chain, { salt: 1, session, wallet });
      const paying = await voucherFor(buyer, completionAt(gateway.url));
      expect(
        await sentDuring(async () => expect((await post(completionAt(gateway.url), paying)).status).toBe(402)),
      ).toBe(0);
    }));

  it('is asked for a deposit that is worth its gas, whatever a call costs', () =>
    selling(MANY_CALLS, async () => {
      const { minDeposit, refundFrom } = await extraOf();
      expect(minDeposit).toBe(refundFrom);
      expect(BigInt(String(minDeposit))).toBeGreaterThan(100n * PRICE);
      const poor = await voucherFor(newBuyer(100n * PRICE), completionAt(gateway.url));
      expect(await sentDuring(async () => expect((await post(completionAt(gateway.url), poor)).status).toBe(402))).toBe(
        0,
      );
      // Terms of a moment ago, when gas was cheaper, are the same offer.
      const paying = await voucherFor(newBuyer(BigInt(String(minDeposit))), completionAt(gateway.url));
      Object.assign(paying.accepted, { extra: { ...paying.accepted.extra, minDeposit: '1', refundFrom: '1' } });
      expect((await post(completionAt(gateway.url), paying)).status).toBe(200);
    }));
});
