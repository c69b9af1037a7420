import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEYS } from '../../test-support/chain-fixture.ts';
import type { ClockedOrder } from '../../test-support/clocked-buyer.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { PRICE } from '../../test-support/scene.ts';

const BUYER_PROGRAM = join(import.meta.dirname, '../../test-support/clocked-buyer.ts');
let market: Market;

beforeAll(async () => {
  market = await openMarket();
});
afterAll(() => market?.stop());

/** What became of a purchase by a buyer whose clock is off. */
async function buy(
  kind: ClockedOrder['kind'],
  offsetS: number,
): Promise<{ text?: string; code?: string; signatures: number }> {
  const order: ClockedOrder = {
    kind,
    offsetS,
    url: market.gateway.url,
    vault: market.vault,
    rpcUrl: market.chain.rpcUrl,
    deploymentPath: market.chain.deploymentPath,
    key: KEYS.BUYER,
    session: KEYS.CLAIMANT,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [BUYER_PROGRAM, JSON.stringify(order)]);
  return JSON.parse(stdout) as { signatures: number };
}

const bought = { text: expect.stringMatching(/./), signatures: 1 };

it.each([-130, 130])('a clock that is %i s off buys, pays once and takes the answer', async (offsetS) => {
  expect(await market.costOf(async () => expect(await buy('exact', offsetS)).toEqual(bought))).toBe(PRICE);
  expect(await buy('channel', offsetS)).toEqual(bought);
  // The official client knows nothing of the host's time: it is given long enough.
  expect(await market.costOf(async () => expect(await buy('official', offsetS)).toEqual(bought))).toBe(PRICE);
});

it.each([-3_600, 3_600])('a clock that is %i s off is told so before anything is signed', async (offsetS) => {
  const cost = await market.costOf(async () => {
    const refused = { code: 'CLOCK_OFF', signatures: 0 };
    expect(await buy('exact', offsetS)).toEqual(refused);
    expect(await buy('channel', offsetS)).toEqual(refused);
  });
  expect(cost).toBe(0n);
});

it('the official client, which asks nobody for the time, is refused an hour behind and told why', async () => {
  const cost = await market.costOf(async () =>
    expect(await buy('official', -3_600)).toMatchObject({ code: 'PAYMENT_EXPIRED' }),
  );
  expect(cost).toBe(0n);
});
