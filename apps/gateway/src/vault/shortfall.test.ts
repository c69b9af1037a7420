import { createLogger } from '@oml/service/logger';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { keccak256, toHex, type Address } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { KEYS, OUTSIDER } from '../../test-support/chain-fixture.ts';
import { giveDollars } from '../../test-support/host-fixture.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';
import { openGatewayStore, type GatewayStore } from '../store.ts';
import { ensureVault } from './ensure-vault.ts';
import { createPurse, shortfallOf, type DueTotal } from './shortfall.ts';

const logger = createLogger('shortfall-test');
logger.level = 'silent';
const CLIENT: Address = `0x${'c1'.repeat(20)}`;
const LIMIT = 2n * PRICE;
let scene: Scene;
let vault: Address;
let untold = 1;

beforeAll(async () => {
  scene = await openScene();
  vault = scene.vault;
  const { chain, listing } = scene;
  await ensureVault(chain.as(KEYS.OUTSIDER), { licenseId: listing.licenseId, vault }, chain.as(KEYS.OUTSIDER).send);
  await giveDollars(scene.chain, OUTSIDER.address, 100n * PRICE);
});
afterAll(() => scene?.chain.stop());

/** A total of which nothing is booked, and which no other test names. */
const aDue = (): DueTotal => ({ vault, paymentRef: keccak256(toHex(untold++)), client: CLIENT, total: PRICE });

describe.each(DIALECTS)('the purse of a gateway on %s', (dialect) => {
  let place: StorePlace;
  const stores: GatewayStore[] = [];
  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
  afterAll(() => place.stop());

  /** A gateway that comes up on what another one left. */
  async function purseOn(url: string, send?: () => Promise<never>) {
    const store = await openGatewayStore(url);
    stores.push(store);
    const chain = scene.chain.as(KEYS.OUTSIDER);
    return createPurse({ chain, gas: { send: send ?? chain.send }, store, limit: LIMIT, logger });
  }
  const chain = () => scene.chain.as(KEYS.OUTSIDER);
  const spent = async (work: () => Promise<void>): Promise<bigint> => {
    const before = await dollarsOf(scene.chain, OUTSIDER.address);
    await work();
    return before - (await dollarsOf(scene.chain, OUTSIDER.address));
  };

  it('spends no second budget after a restart, and another one a day later', async () => {
    const url = await place.create();
    const [first, second, third] = [aDue(), aDue(), aDue()];
    const paid = await spent(async () => {
      await (await purseOn(url)).pay(first);
      await (await purseOn(url)).pay(second);
      await (await purseOn(url)).pay(third);
    });
    expect(paid).toBe(LIMIT);
    expect(await shortfallOf(chain(), third)).toBe(PRICE);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3_600_000);
    expect(await spent(async () => (await purseOn(url)).pay(third))).toBe(PRICE);
    vi.restoreAllMocks();
  });

  it('counts what it could not send once, however often it is tried', async () => {
    const url = await place.create();
    const [first, second] = [aDue(), aDue()];
    const dying = await purseOn(url, () => Promise.reject(new Error('killed')));
    for (let i = 0; i < 3; i++) await expect(dying.pay(first)).rejects.toThrow('killed');
    const purse = await purseOn(url);
    expect(
      await spent(async () => {
        await purse.pay(first);
        await purse.pay(second);
        await purse.pay(aDue());
      }),
    ).toBe(LIMIT);
  });

  it('gives no more where two gateways share the store', async () => {
    const url = await place.create();
    const purses = await Promise.all([purseOn(url), purseOn(url)]);
    const paid = await spent(async () => {
      for (let i = 0; i < 4; i++) await purses[i % 2]!.pay(aDue());
    });
    expect(paid).toBe(LIMIT);
  });
});
