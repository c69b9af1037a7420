import type { PaymentPayload } from '@x402/core/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GAS, KEYS } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { cancelCall, sentOf } from '../../test-support/strangers.ts';
import { payFor } from '../../test-support/x402-fixture.ts';
import { createFacilitator } from './facilitator.ts';
import { createGasAccount } from './gas-account.ts';
import { refusalOf } from './refusal.ts';

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

/** Settles without asking first whether it can be: as if something changed in between. */
function settleBlindly(payment: PaymentPayload) {
  const chain = scene.chain.as(KEYS.BUYER);
  const gas = createGasAccount(chain, KEYS.GAS);
  return createFacilitator({ chain, gas, settleDepth: 1 }).settle(payment, payment.accepted);
}

describe('a payment that cannot be settled any more', () => {
  const spoilt: [string, string, string, () => Promise<PaymentPayload>][] = [
    [
      'is short of money',
      'unfunded',
      'invalid_exact_evm_insufficient_balance',
      () => payFor(scene.chain, completionAt(gateway.url), undefined, KEYS.OUTSIDER),
    ],
    [
      'is expired',
      'expired',
      'invalid_exact_evm_payload_authorization_valid_before',
      () => payFor(scene.chain, completionAt(gateway.url), (offer) => (offer.maxTimeoutSeconds = -5)),
    ],
  ];
  it.each(spoilt)('because it %s: is refused in x402’s words, and nothing is sent', async (_, no, why, pay) => {
    const payment = await pay();
    const before = await sentBy(scene.chain);
    const settled = await settleBlindly(payment);
    expect(settled).toMatchObject({ success: false, errorReason: why, transaction: '' });
    expect(
      refusalOf(
        sentOf(scene.chain, payment),
        { ...payment.accepted, amount: String(PRICE) },
        { end: 'failed', why, tx: '' },
      ).no,
    ).toBe(no);
    expect(await sentBy(scene.chain)).toBe(before);
  });

  it('because it was cancelled: is no success, though the vault books it', async () => {
    const payment = await payFor(scene.chain, completionAt(gateway.url));
    await scene.chain.as(KEYS.BUYER).send(await cancelCall(scene.chain, payment));
    const settled = await settleBlindly(payment);
    expect(settled).toMatchObject({ success: false, errorReason: 'invalid_exact_evm_nonce_already_used' });
    const { status, from } = await scene.chain
      .as(KEYS.BUYER)
      .publicClient.getTransactionReceipt({ hash: settled.transaction as `0x${string}` });
    expect([status, from]).toEqual(['success', GAS.address.toLowerCase()]);
  });
});
