import { revenueVaultAbi } from '@oml/contracts/abis';
import { createLogger } from '@oml/service/logger';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOST, KEYS } from '../../test-support/chain-fixture.ts';
import { giveDollars } from '../../test-support/host-fixture.ts';
import { paymentOf, word } from '../../test-support/payments.ts';
import { openScene, type Scene } from '../../test-support/scene.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';
import { createGasAccount, type GasAccount } from '../payment/gas-account.ts';
import { markBooked, openPayment, settlePayment, undistributedPayments } from '../payment/ledger.ts';
import { openGatewayStore, type GatewayStore } from '../store.ts';
import { distributeBooked } from './distribute.ts';
import { ensureVault } from './ensure-vault.ts';

let scene: Scene;
let store: GatewayStore;

beforeAll(async () => {
  scene = await openScene();
  store = await openGatewayStore(join(scene.chain.scratch, 'distribute.sqlite'));
});
afterAll(async () => {
  await store?.close();
  await scene?.chain.stop();
});

it('leaves what is booked while it splits for the next time', async () => {
  const { chain, vault } = scene;
  const [before, meanwhile] = [paymentOf(11, 11), paymentOf(12, 12)];
  for (const payment of [before, meanwhile]) {
    await openPayment(store, { ...payment, authorization: { ...payment.authorization, to: vault } });
    await settlePayment(store, payment.paymentRef, word(5));
  }
  await markBooked(store, before.paymentRef, 1n);
  await giveDollars(chain, vault);
  const own = createGasAccount(chain.as(KEYS.GAS), KEYS.GAS);
  await ensureVault(chain.as(KEYS.GAS), { licenseId: scene.listing.licenseId, vault }, own.send);
  const gas: GasAccount = {
    ...own,
    async send(call, options) {
      const receipt = await own.send(call, options);
      await markBooked(store, meanwhile.paymentRef, 1n); // by another gateway on this store
      return receipt;
    },
  };
  const distributing = { chain: chain.as(KEYS.GAS), store, logger: createLogger('test') };
  await distributeBooked({ ...distributing, gas });
  expect(await undistributedPayments(store)).toEqual(new Map([[vault, [meanwhile.paymentRef]]]));
  await distributeBooked({ ...distributing, gas: own });
  expect(await undistributedPayments(store)).toEqual(new Map());
});

it('takes a vault that somebody else splits and pays out at the same moment for done', async () => {
  const { chain, vault } = scene;
  const payment = paymentOf(1, 1);
  await openPayment(store, { ...payment, authorization: { ...payment.authorization, to: vault } });
  await settlePayment(store, payment.paymentRef, word(5));
  await markBooked(store, payment.paymentRef, 1n);
  await giveDollars(chain, vault);
  const own = createGasAccount(chain.as(KEYS.GAS), KEYS.GAS);
  await ensureVault(chain.as(KEYS.GAS), { licenseId: scene.listing.licenseId, vault }, own.send);
  const before = await dollarsOf(chain, HOST.address);

  const sent: string[] = [];
  const gas: GasAccount = {
    ...own,
    async send({ functionName, ...call }, options) {
      sent.push(functionName);
      await chain.as(KEYS.OUTSIDER).send({ address: vault, abi: revenueVaultAbi, functionName });
      return own.send({ functionName, ...call }, options);
    },
  };
  await distributeBooked({ chain: chain.as(KEYS.GAS), gas, store, logger: createLogger('test') });

  expect(sent).toEqual(['distribute', 'payHost']);
  expect(await dollarsOf(chain, HOST.address)).toBeGreaterThan(before);
  expect(await undistributedPayments(store)).toEqual(new Map());
});
