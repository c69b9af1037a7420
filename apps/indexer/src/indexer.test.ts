import { accountOf } from '@oml/db/accounts';
import { listBookings } from '@oml/db/bookings';
import type { Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { listDistributions } from '@oml/db/distributions';
import { getLicense } from '@oml/db/licenses';
import { getModel } from '@oml/db/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp, quiet, rowsOf } from '../test-support/index-of.ts';
import { BUYER, HOST, HOST_SIGNER, OUTSIDER, OWNER, type InstantChain } from '../test-support/instant-chain.ts';
import { PRICE } from '../test-support/owner-story.ts';
import type { Story } from '../test-support/story.ts';
import { startWorld, type World } from '../test-support/world.ts';
import { createIndexer, type Indexer } from './indexer.ts';

const MILLION = 1_000_000n;

let world: World;
let chain: InstantChain;
let story: Story;
let db: Database;
let indexer: Indexer;

beforeAll(async () => {
  world = await startWorld();
  ({ chain, story, db, indexer } = world);
}, 600_000);
afterAll(() => world?.stop());

describe('the indexer', { timeout: 600_000 }, () => {
  it('turns a model, a license and its bookings into rows, all out of one range', async () => {
    await catchUp(indexer); // the deployment fills one by itself
    const model = await story.publish({ uri: 'http://publisher.test' });
    await story.depositBond(200n * MILLION);
    await story.bindSigner();
    const license = await story.license(model, { endpoint: 'http://host.test' });
    const ref = await story.book(license.vault);
    const paid = await story.book(license.vault, { value: 3n * PRICE });
    await story.distribute(license.vault);
    await story.vault(license.vault, 'payHost');
    expect(await indexer.step()).toBe(false);

    expect(await getModel(db, model)).toMatchObject({
      modelId: model,
      owner: OWNER.address,
      agent: OWNER.address,
      uri: 'http://publisher.test',
      commonSize: 64,
      size: 256,
      bits: 4,
      parents: [],
      hasDemo: false,
      offers: { serve: { price: PRICE, bond: 50n * MILLION, ownerShareBps: 4000, slashBps: 5000, mode: 0 } },
      hostCount: 1,
      useCount: 2,
      revenue: 4n * PRICE,
    });
    expect(await getLicense(db, license.licenseId)).toMatchObject({
      modelId: model,
      account: HOST.address,
      vault: license.vault,
      state: 'active',
      kind: 'serve',
      delivered: 1,
      activated: 1,
      endpoint: 'http://host.test',
      reserved: 50n * MILLION,
      leakBond: 0n,
      bookedCount: 2,
      bookedTotal: 4n * PRICE,
      distributed: 4n * PRICE,
    });
    const bookings = await listBookings(db, { client: BUYER.address });
    expect(bookings.map(({ paymentRef, total }) => [paymentRef, total])).toEqual([
      [paid, 3n * PRICE],
      [ref, PRICE],
    ]);
    const [split] = await listDistributions(db, { licenseId: license.licenseId });
    expect(split!.protocolFee + split!.pool + split!.lineage + split!.owner + split!.host).toBe(split!.gross);
    expect(await accountOf(db, HOST.address)).toMatchObject({
      bond: 200n * MILLION,
      contested: 0n,
      signers: [{ signer: HOST_SIGNER.address }],
    });
    expect(await indexStatus(db)).toEqual({
      chainId: 31337,
      indexedBlock: await chain.publicClient.getBlockNumber(),
      indexedAt: new Date(Number(await chain.now()) * 1000),
    });
  });

  it('reads everything again when it finds the index of another deployment', async () => {
    const rows = await rowsOf(db);
    await db.cursor.update({ where: { id: 1 }, data: { modelRegistry: OUTSIDER.address } });
    await db.account.create({ data: { account: OUTSIDER.address, bond: 7 } });
    await catchUp(indexer);
    expect(await rowsOf(db)).toEqual(rows);
  });

  it('stays the asked number of blocks behind the head', async () => {
    const other = await world.freshIndex();
    const cautious = createIndexer({ db: other.db, chain, confirmations: 7, logger: quiet });
    await catchUp(cautious);
    expect((await indexStatus(other.db))!.indexedBlock).toBe((await chain.publicClient.getBlockNumber()) - 7n);
  });
});
