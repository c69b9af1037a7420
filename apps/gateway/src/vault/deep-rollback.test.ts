import { requestNonce } from '@oml/protocol/evidence/nonce';
import { isBooked } from '@oml/sdk/booking';
import type { Paid } from '@oml/sdk/buyer';
import { wrapFetchWithPayment } from '@x402/fetch';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, controlsOf, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { channelClient, receiptIn } from '../../test-support/channels.ts';
import { CLAIMANT, claimUnpaidUse, type Use } from '../../test-support/claims.ts';
import { bindKey, gatewayEnv, giveDollars, startGateway } from '../../test-support/host-fixture.ts';
import { stored } from '../../test-support/launched.ts';
import { buyAt, completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';
import { openGatewayStore } from '../store.ts';

// A rollback that is deeper than what counts as final, under bookings of which nothing was to be done any more.

let scene: Scene;
const BACK = [KEYS.POOR_SIGNER, KEYS.OUTSIDER] as const;

beforeAll(async () => {
  scene = await openScene({ isMixed: true });
  for (const key of BACK) {
    await bindKey(scene.chain, key);
    await giveDollars(scene.chain, privateKeyToAccount(key).address, 10n * PRICE);
  }
});
afterAll(() => scene?.chain.stop());

const NONCE_SALT: Hex = `0x${'31'.repeat(32)}`;

/** One call out of a channel of its own, under a nonce that CLAIMANT may claim with. */
async function callFromChannel(url: string, salt: number): Promise<Use> {
  const call = completionAt(url, { seed: salt });
  const { client } = channelClient(scene.chain, { salt });
  const nonce = requestNonce(CLAIMANT.address, NONCE_SALT);
  const response = await wrapFetchWithPayment(fetch, client)(call.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'oml-request-nonce': nonce },
    body: JSON.stringify(call.body),
  });
  const { oml } = (await response.json()) as { oml: { signature: Hex } };
  return { signedReceipt: { receipt: receiptIn(response), signature: oml.signature }, nonceSalt: NONCE_SALT };
}

interface Dropped {
  env: Record<string, string>;
  exact: Paid;
  channel: Use;
}

/** An exact payment and a channel that were booked, split and done with, which the chain then forgot. */
async function dropBookings(salt: number, gasKey: Hex): Promise<Dropped> {
  const { chain } = scene;
  const env = gatewayEnv(chain, [scene.listing], { GAS_KEY: gasKey, COLLECT_AFTER: '0' });
  const first = await startGateway(env);
  const channel = await callFromChannel(first.url, salt);
  await controlsOf(chain).mine({ blocks: 12 }); // the deposit stays
  const exact = await buyAt(chain, first.url, { claimant: CLAIMANT.address });
  await first.stop();
  const second = await startGateway(env, { loops: true });
  await waitFor(() => isDone(env));
  await second.stop();
  const { publicClient } = chain.as(KEYS.BUYER);
  const { blockNumber } = await publicClient.getTransactionReceipt({ hash: exact.payment.tx! });
  const depth = Number((await publicClient.getBlockNumber()) - blockNumber) + 2;
  await controlsOf(chain).request({ method: 'anvil_reorg' as never, params: [depth, []] as never });
  expect(await Promise.all([exact, channel].map(booked))).toEqual([false, false]);
  return { env, exact, channel };
}

const booked = ({ signedReceipt }: Use) => isBooked(scene.chain.as(KEYS.BUYER), signedReceipt.receipt);
const count = (env: Record<string, string>, query: string) => stored(env, `SELECT 1 FROM ${query}`).length;
const isDone = async (env: Record<string, string>) =>
  count(env, 'payment WHERE distributed_at IS NOT NULL') === 1 &&
  count(env, `channel WHERE booked = charged AND distributed = charged AND uncollected_since IS NULL`) === 1;

/** Starts the gateway again; both uses are booked by what their buyers signed, and nothing is paid for them. */
async function comesBack({ env, exact, channel }: Dropped, key: Hex): Promise<void> {
  const { chain } = scene;
  const { address } = privateKeyToAccount(key);
  const [buyer, pocket] = [await dollarsOf(chain, BUYER.address), await dollarsOf(chain, address)];
  // The first one's gas account counts transactions that are no more.
  const gateway = await startGateway({ ...env, GAS_KEY: key }, { loops: true });
  await waitFor(async () => (await booked(exact)) && (await booked(channel)));
  await waitFor(() => isDone(env));
  await gateway.stop();
  expect(buyer - (await dollarsOf(chain, BUYER.address))).toBe(PRICE);
  expect(await dollarsOf(chain, address)).toBe(pocket);
}

describe('what a rollback far beyond its depth dropped', () => {
  it('is noticed, booked and split again', async () => {
    await comesBack(await dropBookings(1, KEYS.GAS), BACK[0]);
  });

  it('is looked at again where it is contested, and booked before anything is paid for it', async () => {
    const dropped = await dropBookings(2, BACK[0]);
    const store = await openGatewayStore(join(dropped.env['DATA_DIR']!, 'gateway.sqlite'));
    await store.db.deleteFrom('checkpoint').execute(); // as if the blocks had been read of a node that lied
    await store.close();
    for (const use of [dropped.exact, dropped.channel]) await claimUnpaidUse(scene.chain, use);
    await comesBack(dropped, BACK[1]);
  });
});
