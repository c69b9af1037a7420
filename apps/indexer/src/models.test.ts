import type { Database } from '@oml/db/client';
import { listAncestors, listDescendants } from '@oml/db/ancestors';
import { getModel } from '@oml/db/models';
import { listReleases } from '@oml/db/releases';
import { zeroAddress, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { BUYER, HOST, OUTSIDER, OWNER, type InstantChain } from '../test-support/instant-chain.ts';
import { DERIVE_TERMS, PRICE } from '../test-support/owner-story.ts';
import type { Story } from '../test-support/story.ts';
import { startWorld, type World } from '../test-support/world.ts';
import type { Indexer } from './indexer.ts';

const PUBLISHER = 'http://publisher.test';

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

describe('the model registry in the index', { timeout: 600_000 }, () => {
  let model: bigint;

  it('shows a model with every offer, its first release and its resale share', async () => {
    const offers: [number, number, number] = [
      await story.terms(),
      await story.terms({ kind: 1, ownerShareBps: 10_000, period: 86_400, price: 7n, leakBond: 5n }),
      await story.terms({ ...DERIVE_TERMS, price: 2n ** 96n - 1n }),
    ];
    model = await story.publish({ uri: PUBLISHER, offers, resaleBps: 500 });
    await catchUp(indexer);
    const row = (await getModel(db, model))!;
    expect(row).toMatchObject({
      owner: OWNER.address,
      agent: OWNER.address,
      uri: PUBLISHER,
      release: 1,
      slashBps: 5_000,
      lineageBps: 0,
      derivable: true,
      payees: [],
      parents: [],
      resale: { receiver: OWNER.address, bps: 500 },
    });
    expect(row.offers.serve).toMatchObject({ termsId: offers[0], kind: 'serve', price: PRICE });
    expect(row.offers.private).toMatchObject({ termsId: offers[1], period: 86_400, leakBond: 5n });
    expect(row.offers.derive).toMatchObject({
      termsId: offers[2],
      royaltyBps: 700,
      derivatives: true,
      price: 2n ** 96n - 1n,
      childPrice: PRICE,
      childBond: 50_000_000n,
    });
    const [release] = await listReleases(db, model);
    expect(release).toMatchObject({
      release: 1,
      commitId: row.commitId,
      codeBookRoot: row.codeBookRoot,
      beacon: row.beacon,
      bookNumber: row.bookNumber,
      weightsDigest: row.weightsDigest,
      tx: row.mintTx,
    });
    expect(row.beacon).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it('follows offers, agent, publisher, payees and resale share', async () => {
    const dearer = await story.terms({ price: 2n * PRICE });
    const derive = await story.terms({ ...DERIVE_TERMS, childPrice: 2n * PRICE });
    await story.models('setOffer', [model, 2, derive]); // hosts of a child pay no less
    await story.models('setOffer', [model, 0, dearer]);
    await story.models('setOffer', [model, 1, 0]);
    await story.models('setAgent', [model, HOST.address]);
    await story.models('setUri', [model, 'http://moved.test/\u0000']);
    await story.models('setPayees', [
      model,
      [
        { account: BUYER.address, bps: 4_000 },
        { account: HOST.address, bps: 6_000 },
      ],
    ]);
    await story.models('setResale', [model, OUTSIDER.address, 100]);
    await catchUp(indexer);
    const row = (await getModel(db, model))!;
    expect(row.offers.serve).toMatchObject({ termsId: dearer, price: 2n * PRICE });
    expect(Object.keys(row.offers)).toEqual(['serve', 'derive']);
    expect(row).toMatchObject({
      agent: HOST.address,
      uri: 'http://moved.test/\uFFFD',
      resale: { receiver: OUTSIDER.address, bps: 100 },
    });
    expect(row.payees).toEqual([
      { account: BUYER.address, bps: 4_000 },
      { account: HOST.address, bps: 6_000 },
    ]);
    expect((await db.modelCard.findUniqueOrThrow({ where: { modelId: model } })).nextAttemptAt).toEqual(new Date(0));
  });

  it('shows the latest release, and keeps every one', async () => {
    const before = (await getModel(db, model))!;
    const { codeBook, commitId } = await story.commit({
      root: `0x${'5e'.repeat(32)}`,
      size: 512,
      commonSize: 128,
      bits: 6,
    });
    const digest = `0x${'77'.repeat(32)}`;
    await story.models('release', [
      model,
      { codeBook, weightsDigest: digest, controlPanelDigest: zeroHash, gracePeriod: 3_600 },
    ]);
    await catchUp(indexer);
    const row = (await getModel(db, model))!;
    expect(row).toMatchObject({
      release: 2,
      codeBookRoot: codeBook.root,
      size: 512,
      commonSize: 128,
      bits: 6,
      weightsDigest: digest,
      commitId: before.commitId,
    });
    const releases = await listReleases(db, model);
    expect(releases.map(({ release }) => release)).toEqual([2, 1]);
    expect(releases[0]).toMatchObject({
      commitId,
      beacon: row.beacon,
      graceEndsAt: new Date((Number(await chain.now()) + 3_600) * 1_000),
    });
    expect(releases[1]).toMatchObject({ weightsDigest: before.weightsDigest });
    expect(releases[1]).not.toHaveProperty('graceEndsAt');
  });

  it('knows ancestors and descendants', async () => {
    const child = await story.publish({ parents: [{ modelId: model, licenseId: 0n }] });
    const grandchild = await story.publish({ parents: [{ modelId: child, licenseId: 0n }] });
    await catchUp(indexer);
    expect(await getModel(db, grandchild)).toMatchObject({ parents: [child], lineageBps: 0, derivable: true });
    expect((await listAncestors(db, grandchild)).map(({ modelId }) => modelId).sort()).toEqual([model, child].sort());
    expect((await listDescendants(db, model)).map(({ modelId }) => modelId)).toEqual([grandchild, child]);
  });

  it('hands a sold model over: owner, agent and payees change, the rest stays', async () => {
    const before = (await getModel(db, model))!;
    await story.models('transferFrom', [OWNER.address, OUTSIDER.address, model]);
    await catchUp(indexer);
    expect(await getModel(db, model)).toEqual({ ...before, owner: OUTSIDER.address, agent: zeroAddress, payees: [] });
  });

  it('is the same when it is read again from the first block', async () => {
    const rows = await rowsOf(db);
    await db.$executeRaw`select chain.wipe()`;
    await catchUp(indexer);
    expect(await rowsOf(db)).toEqual(rows);
  });
});
