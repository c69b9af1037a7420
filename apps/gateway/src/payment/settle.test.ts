import { devDollarAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { signAuthorization } from '@oml/protocol/signed/authorization';
import type { PaymentPayload } from '@x402/core/types';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFunctionData, multicall3Abi, parseEventLogs, type Abi, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUYER, controlsOf, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { inOneBlock, sentBy, type Rival } from '../../test-support/one-block.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { authorizationOf, broadcast, cancelCall, sentOf, transferCall } from '../../test-support/strangers.ts';
import { payFor, post, x402Header } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let gateway: RunningGateway;

beforeAll(async () => {
  scene = await openScene();
  gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing]));
});
afterAll(async () => {
  await gateway?.stop();
  await scene?.chain.stop();
});

const publicClient = () => scene.chain.as(KEYS.BUYER).publicClient;
const bookedOf = (payment: PaymentPayload) =>
  publicClient().readContract({
    address: scene.vault,
    abi: revenueVaultAbi,
    functionName: 'booked',
    args: [sentOf(scene.chain, payment).paymentRef, BUYER.address],
  });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

describe('a paid call', () => {
  it('costs its host one transaction, the first one into a vault as any other', async () => {
    for (const seed of [1, 2]) {
      const call = completionAt(gateway.url, { seed });
      const payment = await payFor(scene.chain, call);
      const before = await sentBy(scene.chain);
      expect((await post(call, payment)).status).toBe(200);
      expect(await sentBy(scene.chain)).toBe(before + 1);
    }
  });

  it('is booked by the transaction that settles it', async () => {
    const call = completionAt(gateway.url);
    const payment = await payFor(scene.chain, call);
    const response = await post(call, payment);
    const { transaction } = x402Header(response, 'payment-response');
    const { logs } = await publicClient().getTransactionReceipt({ hash: transaction as Hex });
    const { paymentRef } = sentOf(scene.chain, payment);
    const [moved] = parseEventLogs({ abi: devDollarAbi, eventName: 'Transfer', logs });
    const [booked] = parseEventLogs({ abi: revenueVaultAbi, eventName: 'Booked', logs });
    expect(moved!.args).toEqual({ from: BUYER.address, to: scene.vault, value: PRICE });
    expect(booked!.args).toMatchObject({ paymentRef, client: BUYER.address, total: PRICE });
  });

  it('is answered when its payment is as deep as the host asks for', async () => {
    const careful = await startGateway(gatewayEnv(scene.chain, [scene.listing], { SETTLE_DEPTH: '3' }));
    const call = completionAt(careful.url);
    const response = await post(call, await payFor(scene.chain, call));
    const { transaction } = x402Header(response, 'payment-response');
    const { blockNumber } = await publicClient().getTransactionReceipt({ hash: transaction as Hex });
    expect((await publicClient().getBlockNumber()) - blockNumber).toBeGreaterThanOrEqual(2n);
    await careful.stop();
  });

  it('is not answered while a rollback on the way there leaves its payment in no block', async () => {
    const careful = await startGateway(gatewayEnv(scene.chain, [scene.listing], { SETTLE_DEPTH: '3' }));
    const call = completionAt(careful.url);
    const payment = await payFor(scene.chain, call);
    const controls = controlsOf(scene.chain);
    const before = await sentBy(scene.chain);
    await controls.setIntervalMining({ interval: 0 });
    let status = 0;
    const response = post(call, payment).then((answer) => (status = answer.status));
    await waitFor(async () => (await sentBy(scene.chain)) === before + 1);
    await controls.mine({ blocks: 1 });
    const { transactions } = await publicClient().getBlock();
    const raw = await controls.request({
      method: 'eth_getRawTransactionByHash' as never,
      params: [transactions[0]] as never,
    });
    await sleep(500);
    await controls.request({ method: 'anvil_reorg' as never, params: [1, []] as never });
    await controls.mine({ blocks: 3 });
    await sleep(1_000);
    expect(status).toBe(0);
    await publicClient().sendRawTransaction({ serializedTransaction: raw });
    await controls.mine({ blocks: 3 });
    await controls.setIntervalMining({ interval: 1 });
    expect(await response).toBe(200);
    await careful.stop();
  });
});

describe('an authorization that somebody else spends in the block of the gateway', () => {
  let payment: PaymentPayload;
  let call: ReturnType<typeof completionAt>;
  beforeEach(async () => {
    call = completionAt(gateway.url);
    payment = await payFor(scene.chain, call);
  });
  const stranger = (place: Rival['place']): Rival => ({
    key: KEYS.OUTSIDER,
    call: transferCall(scene.chain, payment),
    place,
  });

  it('is not answered and not charged where its payer cancelled it, though the vault takes it for used', async () => {
    const cancel = await cancelCall(scene.chain, payment);
    const cost = await scene.costOf(async () => {
      const rival = { key: KEYS.BUYER, call: cancel, place: 'in front' } as const;
      const response = await inOneBlock(scene.chain, rival, () => post(call, payment));
      expect(response.status).toBe(402);
      expect(await codeOf(response)).toBe('PAYMENT_USED');
      expect(await codeOf(await post(call, payment))).toBe('PAYMENT_USED');
    });
    expect(cost).toBe(0n);
    expect(await bookedOf(payment)).toBe(PRICE);
  });

  it('settles as ever in front of a stranger’s broadcast, beside which it looked cheap', async () => {
    const cost = await scene.costOf(async () => {
      const response = await inOneBlock(scene.chain, stranger('behind'), () => post(call, payment));
      expect(response.status).toBe(200);
    });
    expect(cost).toBe(PRICE);
    expect(await bookedOf(payment)).toBe(PRICE);
  });

  it('is refused as used where a stranger broadcast it and strangers are not credited', async () => {
    const response = await inOneBlock(scene.chain, stranger('in front'), () => post(call, payment));
    expect(await codeOf(response)).toBe('PAYMENT_USED');
  });

  it('is credited once where they are, and booked by what the gateway sent', async () => {
    const only = await startGateway(gatewayEnv(scene.chain, [scene.listing], { CREDIT_STRANGERS: 'true' }));
    const ask = () => post({ ...call, url: call.url.replace(gateway.url, only.url) }, payment);
    const cost = await scene.costOf(async () => {
      const before = await sentBy(scene.chain);
      const response = await inOneBlock(scene.chain, stranger('in front'), ask);
      const again = await ask();
      expect([response.status, again.status]).toEqual([200, 200]);
      expect(again.headers.get('oml-receipt')).toBe(response.headers.get('oml-receipt'));
      expect(await sentBy(scene.chain)).toBe(before + 1);
    });
    expect(cost).toBe(PRICE);
    expect(await bookedOf(payment)).toBe(PRICE);
    await only.stop();
  });
});

describe('a stranger’s broadcast before ours', () => {
  it('is credited once, and booked by the next round', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing], { CREDIT_STRANGERS: 'true' });
    const only = await startGateway(env, { loops: true });
    const call = completionAt(only.url);
    const payment = await payFor(scene.chain, call);
    const cost = await scene.costOf(async () => {
      await broadcast(scene.chain, payment);
      expect((await post(call, payment)).status).toBe(200);
      expect(await codeOf(await post(completionAt(only.url, { prompt: 'The fox' }), payment))).toBe('PAYMENT_USED');
    });
    expect(cost).toBe(PRICE);
    await waitFor(async () => (await bookedOf(payment)) === PRICE);
    await only.stop();
  });

  it('is not credited with the money of another authorization in the same transaction', async () => {
    const only = await startGateway(gatewayEnv(scene.chain, [scene.listing], { CREDIT_STRANGERS: 'true' }));
    const call = completionAt(only.url);
    const [paid, unpaid] = [await payFor(scene.chain, call), await payFor(scene.chain, call)];
    const calls = [transferCall(scene.chain, paid), transferCall(scene.chain, await forOneUnit(unpaid))];
    const { send } = scene.chain.as(KEYS.OUTSIDER);
    await send({
      address: '0xcA11bde05977b3631167028862bE2a173976CA11',
      abi: multicall3Abi,
      functionName: 'aggregate3',
      args: [
        calls.map(({ address, abi, functionName, args }) => ({
          target: address,
          allowFailure: false,
          callData: encodeFunctionData({ abi: abi as Abi, functionName, args: args ?? [] }),
        })),
      ],
    });
    expect(await codeOf(await post(call, unpaid))).toBe('PAYMENT_USED');
    expect((await post(call, paid)).status).toBe(200);
    await only.stop();
  });
});

/** BUYER signs one unit under the nonce of a payment. */
async function forOneUnit(payment: PaymentPayload): Promise<PaymentPayload> {
  const authorization = { ...authorizationOf(payment).authorization, value: 1n };
  const { chainId, contracts } = scene.chain.deployment;
  const domain = { name: 'Dev Dollar', version: '1', chainId, verifyingContract: contracts.token };
  const signature = await signAuthorization(authorization, BUYER, domain);
  const strings = Object.fromEntries(Object.entries(authorization).map(([name, value]) => [name, String(value)]));
  return { ...payment, payload: { signature, authorization: strings } };
}
