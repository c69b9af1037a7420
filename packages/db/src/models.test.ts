import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { openDatabase, type Database } from './client.ts';
import { getModel, listModels, type ModelQuery } from './models.ts';

const COUNT = 100_000;
const OWNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

let postgres: MigratedPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  await seed();
}, 120_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres.stop();
});

/** A market of 100,000 models. Every 1000th is a classifier named for digits; model 777 belongs to OWNER; the last ten have no card. */
async function seed(): Promise<void> {
  await db.$executeRaw`insert into chain.terms values ('terms', 10000, 2::numeric ^ 255, 4000, 5000, 0, 'terms')`;
  await db.$executeRaw`
    insert into chain.code_book (commit_id, committer, root, poseidon_root, size, common_size, bits, beacon_block, beacon, commit_tx, beacon_tx, at)
    select 'c' || i, 'someone', 'root', 'poseidon', 256, 64, 4, i, 'beacon', 'commitTx', 'beaconTx', now() from generate_series(1, ${COUNT}) i`;
  await db.$executeRaw`
    insert into chain.model (model_id, owner, agent, uri, commit_id, terms_id, weights_digest, control_panel_digest, parents, mint_tx, minted_at)
    select i, case when i = 777 then ${OWNER} else 'owner' || i end, 'agent', 'http://publisher', 'c' || i, 'terms', 'weights', 'panel', '{}', 'mintTx', now()
    from generate_series(1, ${COUNT}) i`;
  await db.$executeRaw`
    insert into market.model_card (model_id, commit_id, name, kind, card, has_demo, next_attempt_at)
    select i, 'c' || i, case when i % 1000 = 0 then 'Digits ' || i else 'Fable number' || i end, case when i % 1000 = 0 then 'classifier' else 'language' end,
      '# A model' || case when i = 4242 then ' about Zebrafish ' else ' ' end || repeat(md5((i % 5000)::text) || ' ', 6), i % 1000 = 0, now() from generate_series(1, ${COUNT - 10}) i`;
  await db.$executeRaw`analyze`;
}

const ids = async (query: ModelQuery) => (await listModels(db, query)).map(({ modelId }) => Number(modelId));

describe('listModels over 100,000 models', { timeout: 60_000 }, () => {
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
  ])('answers %s within a quarter of a second', async (_, query) => {
    await listModels(db, query);
    const times = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await listModels(db, query);
      times.push(performance.now() - start);
    }
    expect(times.sort((a, b) => a - b)[2], `in ms: ${times}`).toBeLessThan(250);
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
      modelId: 4000n, name: 'Digits 4000', kind: 'classifier', hasDemo: true, commonSize: 64, size: 256, bits: 4, parents: [], beacon: 'beacon', commitTx: 'commitTx',
      terms: { termsId: 'terms', floorPrice: 10_000n, minBond: 2n ** 255n, ownerShareBps: 4000, slashBps: 5000, mode: 0, uri: 'terms' },
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
    for (const id of [0n, -1n, BigInt(COUNT) + 1n, 2n ** 63n, 2n ** 256n]) expect(await getModel(db, id)).toBeUndefined();
  });
});
