import { revenueVaultAbi } from '@oml/contracts/abis';
import { accountOf } from '@oml/db/accounts';
import { listBookings } from '@oml/db/bookings';
import type { Database } from '@oml/db/client';
import { listDistributions } from '@oml/db/distributions';
import { getLicense } from '@oml/db/licenses';
import { getModel } from '@oml/db/models';
import { listPayouts } from '@oml/db/payouts';
import { concatHex, encodeAbiParameters, encodeEventTopics, pad, toHex, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { BUYER, HOST, HOST_SIGNER, OUTSIDER, OWNER, type InstantChain } from '../test-support/instant-chain.ts';
import { DERIVE_TERMS, PRICE } from '../test-support/owner-story.ts';
import type { Story } from '../test-support/story.ts';
import { startWorld, type World } from '../test-support/world.ts';
import type { Indexer } from './indexer.ts';

const MILLION = 1_000_000n;
const LEAK = 3n * MILLION;
const huge = 2n ** 256n - 1n;

let world: World;
let chain: InstantChain;
let story: Story;
let db: Database;
let indexer: Indexer;
let model: bigint;

beforeAll(async () => {
  world = await startWorld();
  ({ chain, story, db, indexer } = world);
  const offers: [number, number, number] = [
    await story.terms(),
    await story.terms({
      kind: 1,
      ownerShareBps: 10_000,
      period: 60,
      price: MILLION,
      leakBond: LEAK,
      approvalNeeded: true,
    }),
    await story.terms({ ...DERIVE_TERMS, price: MILLION, bond: 0n }),
  ];
  model = await story.publish({ offers });
  await story.depositBond(300n * MILLION);
  await story.bindSigner();
}, 600_000);
afterAll(() => world?.stop());

const licenseNow = async (licenseId: bigint) => {
  await catchUp(indexer);
  return (await getLicense(db, licenseId))!;
};
const hosts = async () => (await getModel(db, model))!.hostCount;

describe('licenses in the index', { timeout: 600_000 }, () => {
  let serving: { licenseId: bigint; vault: Address };
  let priv: { licenseId: bigint; vault: Address };

  it('follow a host from acceptance to use, and count it while it serves', async () => {
    serving = await story.license(model, { deliver: false });
    expect(await licenseNow(serving.licenseId)).toMatchObject({
      modelId: model,
      account: HOST.address,
      vault: serving.vault,
      termsId: 1,
      kind: 'serve',
      state: 'bonded',
      reserved: 50n * MILLION,
      leakBond: 0n,
      delivered: 0,
      activated: 0,
    });
    await story.licenses('deliver', [serving.licenseId, 1, pad('0x1', { size: 32 })], OWNER);
    const delivered = await licenseNow(serving.licenseId);
    expect(delivered).toMatchObject({
      state: 'delivered',
      delivered: 1,
      activated: 0,
      editionRoot: pad('0x1', { size: 32 }),
    });
    expect(delivered.activateBy!.getTime()).toBeGreaterThan(delivered.acceptedAt.getTime());
    expect(await hosts()).toBe(0);
    await story.licenses('activate', [serving.licenseId]);
    expect(await licenseNow(serving.licenseId)).toMatchObject({ state: 'active', activated: 1 });
    expect(await hosts()).toBe(1);
    await story.licenses('setEndpoint', [serving.licenseId, 'http://moved.test/\u0000']);
    expect(await licenseNow(serving.licenseId)).toMatchObject({ endpoint: 'http://moved.test/\uFFFD' });
  });

  it('suspend who is behind a release, until it moves', async () => {
    const { codeBook } = await story.commit();
    const digest = pad('0x9', { size: 32 });
    await story.models('release', [
      model,
      { codeBook, weightsDigest: digest, controlPanelDigest: digest, gracePeriod: 30 },
    ]);
    await story.licenses('deliver', [serving.licenseId, 2, pad('0x2', { size: 32 })], OWNER);
    expect(await licenseNow(serving.licenseId)).toMatchObject({ state: 'active', delivered: 2, activated: 1 });
    await chain.mine(40);
    await story.licenses('suspend', [serving.licenseId], OWNER);
    expect(await licenseNow(serving.licenseId)).toMatchObject({ state: 'suspended', suspension: 'outdated' });
    expect(await hosts()).toBe(0);
    await story.licenses('activate', [serving.licenseId]);
    const active = await licenseNow(serving.licenseId);
    expect(active).toMatchObject({ state: 'active', activated: 2 });
    expect(active.suspension).toBeUndefined();
    expect(await hosts()).toBe(1);
  });

  it('show what vaults booked, split and paid out', async () => {
    const ref = await story.book(serving.vault, { value: 10n * PRICE });
    await story.distribute(serving.vault);
    await story.vault(serving.vault, 'payHost');
    await story.vault(serving.vault, 'payOwner');
    await catchUp(indexer);
    expect(await listBookings(db, { licenseId: serving.licenseId })).toMatchObject([
      { paymentRef: ref, client: BUYER.address, total: 10n * PRICE },
    ]);
    const [split] = await listDistributions(db, { licenseId: serving.licenseId });
    expect(split).toMatchObject({
      gross: 100_000n,
      protocolFee: 2_500n,
      pool: 2_500n,
      lineage: 0n,
      owner: 38_000n,
      host: 57_000n,
    });
    const payouts = await listPayouts(db, { licenseId: serving.licenseId });
    expect(payouts).toMatchObject([
      { share: 'owner', payee: OWNER.address, amount: 38_000n, refused: false },
      { share: 'host', payee: HOST.address, amount: 57_000n, refused: false },
    ]);
    expect(await listPayouts(db, { payee: HOST.address })).toHaveLength(1);
    expect(await listPayouts(db, { modelId: model })).toEqual(payouts);
    expect(await listPayouts(db, { account: HOST.address, payee: OWNER.address })).toEqual([payouts[0]]);
    expect(await listPayouts(db, { modelId: model + 1n })).toEqual([]);
  });

  it('say whose share each payout is of, and show what an ancestor earned with the ancestor, too', async () => {
    await story.allow(MILLION, OWNER);
    const { licenseId: right } = await story.license(model, { kind: 2, who: OWNER });
    const child = await story.publish({ parents: [{ modelId: model, licenseId: right }] });
    const { licenseId, vault } = await story.license(child);
    await story.book(vault, { value: 10n * PRICE });
    await story.distribute(vault);
    for (const name of ['payOwner', 'payHost', 'payProtocol'] as const) await story.vault(vault, name);
    await story.vault(vault, 'payAncestor', [model]);
    await catchUp(indexer);
    const payouts = await listPayouts(db, { licenseId });
    expect(payouts.map(({ share, amount }) => [share, amount])).toEqual([
      ['ancestor', 6_825n],
      ['pool', 2_500n],
      ['protocol', 2_500n],
      ['host', 52_905n],
      ['owner', 35_270n],
    ]);
    expect(payouts[0]).toMatchObject({ ancestorId: model, payee: OWNER.address });
    expect((await listPayouts(db, { modelId: model })).slice(0, 1)).toEqual(payouts.slice(0, 1));
    expect(await listPayouts(db, { modelId: child })).toEqual(payouts);
  });

  it('raise a booking whose payer signed more under one nonce, without counting a second use', async () => {
    const nonce = pad('0xabc', { size: 32 });
    const ref = await story.book(serving.vault, { nonce, value: PRICE });
    const before = await getLicense(db, serving.licenseId);
    await story.book(serving.vault, { nonce, value: 5n * PRICE });
    await catchUp(indexer);
    const after = await getLicense(db, serving.licenseId);
    expect(after!.bookedCount - before!.bookedCount).toBe(1);
    expect(after!.bookedTotal - before!.bookedTotal).toBe(5n * PRICE);
    expect((await listBookings(db, {}))[0]).toMatchObject({ paymentRef: ref, total: 5n * PRICE });
  });

  it('follow a private license from the request through its periods to the exit', async () => {
    await story.allow(10n * MILLION);
    priv = await story.license(model, { kind: 1, deliver: false });
    expect(await licenseNow(priv.licenseId)).toMatchObject({ kind: 'private', state: 'requested', leakBond: LEAK });
    await story.licenses('approveLicense', [priv.licenseId], OWNER);
    expect(await licenseNow(priv.licenseId)).toMatchObject({ state: 'bonded' });
    await story.licenses('deliver', [priv.licenseId, 2, pad('0x3', { size: 32 })], OWNER);
    await story.licenses('activate', [priv.licenseId]);
    const first = await licenseNow(priv.licenseId);
    expect(first.paidUntil).toEqual(new Date(Number((await chain.now()) + 60n) * 1_000));
    await story.licenses('renew', [priv.licenseId, 2]);
    expect((await licenseNow(priv.licenseId)).paidUntil!.getTime() - first.paidUntil!.getTime()).toBe(120_000);
    await chain.mine(200);
    await story.licenses('suspend', [priv.licenseId]);
    expect(await licenseNow(priv.licenseId)).toMatchObject({ state: 'suspended', suspension: 'lapsed' });
    expect(await hosts()).toBe(1); // a private user is no host
    await story.close(priv.licenseId);
    expect(await licenseNow(priv.licenseId)).toMatchObject({ state: 'closing' });
    await chain.mine(121);
    await story.licenses('finishClose', [priv.licenseId]);
    expect(await licenseNow(priv.licenseId)).toMatchObject({ state: 'closed', reserved: 0n, leakBond: 0n });
  });

  it('keep the account: bond, withdrawals, signers', async () => {
    await story.licenses('announceExit', [2n * MILLION]);
    await catchUp(indexer);
    const announced = (await accountOf(db, HOST.address))!;
    expect(announced).toMatchObject({ bond: 300n * MILLION, exit: { amount: 2n * MILLION }, isCovered: true });
    expect(announced.exit!.lapsesAt.getTime() - announced.exit!.ripeAt.getTime()).toBe(120_000);
    await story.licenses('announceExit', [MILLION]);
    await chain.mine(121);
    await story.licenses('withdraw', []);
    await story.licenses('revokeSigner', [HOST_SIGNER.address]);
    await catchUp(indexer);
    const account = (await accountOf(db, HOST.address))!;
    expect(account).toMatchObject({ bond: 299n * MILLION, contested: 0n, signers: [{ signer: HOST_SIGNER.address }] });
    expect(account.exit).toBeUndefined();
    expect(account.signers[0]!.revokedAt).toBeInstanceOf(Date);
  });

  it('take whatever strangers put on chain: NULs, absurd numbers, look-alike events', async () => {
    const odd = await story.publish({ uri: 'http://\u0000publisher\u0000.test', price: 2n ** 56n - 1n, bond: 1n });
    await story.license(odd, { endpoint: `http://host.test/\u0000${'x'.repeat(5000)}`, deliver: false });
    const before = await db.booking.count();
    await logAsStranger(serving.vault);
    await catchUp(indexer);
    expect(await getModel(db, odd)).toMatchObject({
      uri: 'http://\uFFFDpublisher\uFFFD.test',
      offers: { serve: { price: 2n ** 56n - 1n } },
    });
    expect(await db.booking.count()).toBe(before);
  });

  /** A contract of OUTSIDER that logs `Booked` as a vault would. */
  async function logAsStranger(client: Address): Promise<void> {
    const topics = encodeEventTopics({
      abi: revenueVaultAbi,
      eventName: 'Booked',
      args: { paymentRef: pad('0x1', { size: 32 }), client, booker: client },
    }) as Hex[];
    const total = encodeAbiParameters([{ type: 'uint256' }], [huge]);
    const push32 = (word: Hex): Hex => concatHex(['0x7f', word]);
    const code = concatHex([push32(total), '0x5f52', ...topics.toReversed().map(push32), '0x60205fa4']);
    const hash = await chain.testClient.request({
      method: 'eth_sendTransaction' as never,
      params: [{ from: OUTSIDER.address, data: code, gas: toHex(500_000n) }] as never,
    });
    const receipt = await chain.publicClient.waitForTransactionReceipt({ hash: hash as Hex });
    expect(receipt.logs).toHaveLength(1);
  }

  it('are the same rows when they are read again from block zero', async () => {
    const again = await world.freshIndex();
    await catchUp(again.indexer);
    expect(await rowsOf(again.db)).toEqual(await rowsOf(db));
  });
});
