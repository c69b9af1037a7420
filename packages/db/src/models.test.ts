import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { openDatabase, type Database, type Transaction } from './client.ts';
import { listAncestors, listDescendants } from './ancestors.ts';
import type { ModelQuery } from './find-models.ts';
import { getModel, listModels } from './models.ts';
import { listReleases } from './releases.ts';

const COUNT = 100_000;
const OWNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

let postgres: MigratedPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  await seed();
}, 600_000); // a hundred thousand rows, on a machine that runs other suites beside
afterAll(async () => {
  await db?.$disconnect();
  await postgres.stop();
});

/**
 * A market of 100,000 models. Every 1000th is a classifier named for digits and built on model 1; model 777 belongs to
 * OWNER; the last ten have no card.
 */
async function seed(): Promise<void> {
  await db.$executeRaw`insert into chain.terms values
    (1, 0, 0, false, true, 4000, 5000, 0, 0, 86400, 10000, 2::numeric ^ 95, 7, 'terms'),
    (2, 2, 0, true, false, 10000, 1, 500, 0, 0, 20000, 0, 0, 'derive')`;
  await db.$executeRaw`
    insert into chain.code_book (commit_id, committer, root, poseidon_root, size, common_size, bits, book_number, round, beacon, commit_tx, beacon_tx, at)
    select 'c' || i, 'someone', 'root', 'poseidon', 256, 64, 4, i, i, 'beacon', 'commitTx', 'beaconTx', now() from generate_series(1, ${COUNT}) i`;
  await db.$executeRaw`
    insert into chain.model (model_id, owner, agent, uri, commit_id, latest_commit_id, slash_bps, serve_terms_id, derive_terms_id, weights_digest, control_panel_digest, parents, mint_tx, minted_at)
    select i, case when i = 777 then ${OWNER} else 'owner' || i end, 'agent', 'http://publisher', 'c' || i, 'c' || i, 5000, 1, case when i = 4000 then 2 end, 'weights', 'panel', '{}', 'mintTx', now()
    from generate_series(1, ${COUNT}) i`;
  await db.$executeRaw`
    insert into chain.release (model_id, number, commit_id, weights_digest, control_panel_digest, release_tx, released_at)
    select i, 1, 'c' || i, 'weights', 'panel', 'mintTx', now() from generate_series(1, ${COUNT}) i`;
  await db.$executeRaw`insert into chain.ancestor select i * 1000, 1, i from generate_series(1, ${COUNT / 1000}) i`;
  await db.$executeRaw`
    insert into market.model_card (model_id, commit_id, name, kind, card, has_demo, next_attempt_at)
    select i, 'c' || i, case when i % 1000 = 0 then 'Digits ' || i else 'Fable number' || i end, case when i % 1000 = 0 then 'classifier' else 'language' end,
      '# A model' || case when i = 4242 then ' about Zebrafish ' else ' ' end || repeat(md5((i % 5000)::text) || ' ', 6), i % 1000 = 0, now() from generate_series(1, ${COUNT - 10}) i`;
  await db.$executeRaw`analyze`;
}

/** How many rows of tables this transaction's connection has read: unlike time, the same on every machine. */
async function rowsRead(tx: Transaction): Promise<number> {
  const [sum] = await tx.$queryRaw<{ read: bigint }[]>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int8 as read from pg_stat_xact_user_tables`;
  return Number(sum!.read);
}

const ids = async (query: ModelQuery) => (await listModels(db, query)).map(({ modelId }) => Number(modelId));

describe('listModels over 100,000 models', { timeout: 600_000 }, () => {
  it('pages newest first, without gaps or repeats', async () => {
    const first = await ids({ limit: 3 });
    expect(first).toEqual([100_000, 99_999, 99_998]);
    expect(await ids({ limit: 3, after: 99_998n })).toEqual([99_997, 99_996, 99_995]);
    expect(await ids({ after: 1n })).toEqual([]);
  });

  it('finds words and beginnings of words in names and cards, in any case', async () => {
    expect(await ids({ search: 'zebrafish' })).toEqual([4242]);
    expect(await ids({ search: '  ZEBRA about ' })).toEqual([4242]);
    expect(await ids({ search: 'digits', limit: 2 })).toEqual([99_000, 98_000]);
    expect(await ids({ search: 'zebrafish digits' })).toEqual([]);
  });

  it('finds a number, and an owner in any spelling', async () => {
    expect(await ids({ search: '12345' })).toEqual([12_345]);
    expect(await ids({ search: OWNER.toLowerCase() })).toEqual([777]);
  });

  it.each([
    ['an injection', "'; drop table chain.model; --"],
    ['query syntax', '\\ & | ! :* ( <->'],
    ['signs only', '🦓🦓'],
    ['a wildcard', '%'],
    ['a NUL', '\u0000'],
    ['one endless word', 'a'.repeat(5000)],
  ])('takes %s for words, not for syntax', async (_, search) => {
    expect(await ids({ search })).toEqual([]);
    expect(await ids({ limit: 1 })).toEqual([COUNT]);
  });

  it('filters by kind, with search and page', async () => {
    expect(await ids({ kind: 'classifier', limit: 2 })).toEqual([99_000, 98_000]);
    expect(await ids({ kind: 'classifier', search: 'digits', after: 98_000n, limit: 1 })).toEqual([97_000]);
    expect(await ids({ kind: 'language', search: 'digits' })).toEqual([]);
  });

  it('never returns more than 200 rows, nor fewer than one for a silly limit', async () => {
    expect(await ids({ limit: 10_000 })).toHaveLength(200);
    expect(await ids({ limit: -5 })).toHaveLength(1);
    expect(await ids({ limit: Number.NaN })).toHaveLength(24);
  });

  it('carries the beginning of each card and no report', async () => {
    await db.modelCard.update({ where: { modelId: 10n }, data: { card: 'x'.repeat(100_000), report: { success: 1 } } });
    const [listed] = await listModels(db, { search: '10' });
    expect(listed).toMatchObject({ modelId: 10n, name: 'Fable number10', card: 'x'.repeat(2000) });
    expect(listed).not.toHaveProperty('report');
    expect(await getModel(db, 10n)).toMatchObject({ card: 'x'.repeat(100_000), report: { success: 1 } });
  });

  it.each<[string, ModelQuery]>([
    ['the first page', {}],
    ['a page deep down', { after: 500n }],
    ['a rare word', { search: 'zebrafish' }],
    ['a beginning that every model has', { search: 'fab' }],
    ['the rarer kind', { kind: 'classifier' }],
    ['a word that none has', { search: 'quagga' }],
    ['both', { kind: 'classifier', search: 'digits' }],
  ])('answers %s without reading more than a small part of the market', async (_, query) => {
    const read = await db.$transaction(async (tx) => {
      const before = await rowsRead(tx);
      await listModels(tx as Database, query);
      return (await rowsRead(tx)) - before;
    });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(COUNT / 100);
  });

  it('searches by the index, not by reading every card', async () => {
    const plan = await db.$queryRaw<{ 'QUERY PLAN': string }[]>`explain select 1 from market.model_card c
      where c.search @@ to_tsquery('simple', 'zebrafish:*')`;
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('model_card_search_idx');
  });
});

describe('getModel', () => {
  it('returns the whole row, money as exact bigint', async () => {
    expect(await getModel(db, 4000n)).toMatchObject({
      modelId: 4000n,
      name: 'Digits 4000',
      kind: 'classifier',
      hasDemo: true,
      commonSize: 64,
      size: 256,
      bits: 4,
      parents: [],
      beacon: 'beacon',
      commitTx: 'commitTx',
      release: 1,
      slashBps: 5000,
      lineageBps: 0,
      derivable: true,
      payees: [],
    });
  });

  it('tells every kind of license apart, and leaves out what is not offered', async () => {
    const { offers } = (await getModel(db, 4000n))!;
    expect(offers).toEqual({
      serve: {
        termsId: 1,
        kind: 'serve',
        mode: 0,
        derivatives: false,
        approvalNeeded: true,
        ownerShareBps: 4000,
        slashBps: 5000,
        royaltyBps: 0,
        period: 0,
        auditPeriod: 86_400,
        price: 10_000n,
        bond: 2n ** 95n,
        leakBond: 7n,
        childPrice: 0n,
        childBond: 0n,
        uri: 'terms',
      },
      derive: expect.objectContaining({ termsId: 2, kind: 'derive', derivatives: true, royaltyBps: 500 }),
    });
    expect((await getModel(db, 4001n))!.offers).toEqual({ serve: offers.serve });
  });

  it('names payees and the resale share once there are any', async () => {
    expect(await getModel(db, 8n)).not.toHaveProperty('resale');
    await db.model.update({
      where: { modelId: 8n },
      data: { payees: [{ account: OWNER, bps: 10_000 }], resaleReceiver: OWNER, resaleBps: 250 },
    });
    expect(await getModel(db, 8n)).toMatchObject({
      payees: [{ account: OWNER, bps: 10_000 }],
      resale: { receiver: OWNER, bps: 250 },
    });
  });

  it('leaves out what only a card says while there is none, or one of another model', async () => {
    const bare = await getModel(db, BigInt(COUNT));
    expect(bare).toMatchObject({ hasDemo: false });
    expect(bare).not.toHaveProperty('name');
    await db.modelCard.update({ where: { modelId: 5n }, data: { commitId: 'of a dropped block' } });
    expect(await getModel(db, 5n)).not.toHaveProperty('name');
  });

  it('knows no model beyond the registry', async () => {
    for (const id of [0n, -1n, BigInt(COUNT) + 1n, 2n ** 63n, 2n ** 256n])
      expect(await getModel(db, id)).toBeUndefined();
  });
});

describe('listReleases', () => {
  it('lists the newest first, each with its own code book', async () => {
    const at = new Date(1_800_000_000_000);
    await db.codeBook.create({
      data: {
        commitId: 'second',
        committer: 'someone',
        root: 'root 2',
        poseidonRoot: '',
        size: 512,
        commonSize: 128,
        bits: 6,
        bookNumber: 2,
        round: 1,
        beacon: 'beacon 2',
        commitTx: '',
        at,
      },
    });
    await db.release.create({
      data: {
        modelId: 9n,
        number: 2n,
        commitId: 'second',
        weightsDigest: 'weights 2',
        controlPanelDigest: 'panel 2',
        graceEndsAt: at,
        releaseTx: 'tx 2',
        releasedAt: at,
      },
    });
    const releases = await listReleases(db, 9n);
    expect(releases[0]).toEqual({
      release: 2,
      commitId: 'second',
      codeBookRoot: 'root 2',
      beacon: 'beacon 2',
      commonSize: 128,
      size: 512,
      bits: 6,
      bookNumber: 2,
      weightsDigest: 'weights 2',
      controlPanelDigest: 'panel 2',
      graceEndsAt: at,
      tx: 'tx 2',
      releasedAt: at,
    });
    expect(releases[1]).toMatchObject({ release: 1, commitId: 'c9', codeBookRoot: 'root' });
    expect(releases[1]).not.toHaveProperty('graceEndsAt');
    expect(await listReleases(db, 2n ** 70n)).toEqual([]);
  });
});

describe('lineage', () => {
  it('lists what a model owes and who owes it', async () => {
    expect(await listAncestors(db, 3000n)).toEqual([{ modelId: 1n, bps: 3 }]);
    expect(await listAncestors(db, 3001n)).toEqual([]);
    expect((await listDescendants(db, 1n, 2)).map(({ modelId }) => modelId)).toEqual([100_000n, 99_000n]);
    expect(await listDescendants(db, 2n ** 70n)).toEqual([]);
    expect(await listAncestors(db, -1n)).toEqual([]);
  });
});
