import { getAddress, pad, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { projectBooking } from './bookings.ts';
import { openDatabase, type Database } from './client.ts';
import { facetColumns } from './facets.ts';
import { counts, facetCounts, facets, hostsLately, refreshFigures, refreshOnline, refreshTrends } from './market.ts';
import { addressesOf, listAddresses, modelAt } from './model-addresses.ts';
import { listModels } from './models.ts';

const at = new Date('2026-11-10T12:00:00Z');
const person = (n: number): Address => getAddress(pad(`0x${n.toString(16)}`, { size: 20 }));
const [ALICE, BOB, HOST] = [person(0xa11ce), person(0xb0b), person(0x405)];

let postgres: MigratedPostgres;
let db: Database;
let nextLog = 0;

beforeAll(async () => void (postgres = await startMigratedPostgres()), 600_000);
afterAll(() => postgres?.stop());
beforeEach(async () => {
  await db?.$disconnect();
  db = openDatabase(await postgres.create());
  await db.$executeRaw`insert into chain.terms select i, 0, 0, false, false, 4000, 5000, 0, 0, 0, 100 * i, 0, 0, '' from generate_series(1, 9) i`;
}, 600_000);
afterAll(() => db?.$disconnect());

/** A model of an owner at a price of 100 × its terms, with a license of HOST. */
async function publish(modelId: bigint, owner: Address, serveTermsId: bigint | null = 1n): Promise<void> {
  const id = String(modelId);
  const book = { root: '', poseidonRoot: '', size: 1, commonSize: 1, bits: 1, bookNumber: 1, round: 1 };
  await db.codeBook.create({ data: { commitId: id, committer: owner, ...book, commitTx: '', at } });
  const digests = { weightsDigest: '', controlPanelDigest: '' };
  await db.model.create({
    data: {
      modelId,
      owner,
      agent: owner,
      uri: '',
      commitId: id,
      latestCommitId: id,
      slashBps: 1,
      serveTermsId,
      ...digests,
      mintTx: '',
      mintedAt: at,
    },
  });
  const state = { termsId: 1, kind: 0, state: 'active', stage: 'active', reserved: 0, leakBond: 0 };
  await db.license.create({
    data: {
      licenseId: modelId,
      modelId,
      account: HOST,
      vault: vaultOf(modelId),
      ...state,
      endpoint: '',
      encryptionKey: '',
      acceptTx: '',
      acceptedAt: at,
    },
  });
}
const vaultOf = (modelId: bigint): Address => person(0x7a0000 + Number(modelId));

/** A client's uses of a model, some days before `at`. */
async function use(modelId: bigint, client: Address, uses = 1, daysAgo = 0): Promise<void> {
  for (let i = 0; i < uses; i++) {
    const paymentRef: Hex = pad(`0x${(++nextLog).toString(16)}`, { size: 32 });
    await projectBooking(db, {
      source: 'vault',
      eventName: 'Booked',
      args: { paymentRef, client, total: 100n, booker: HOST },
      address: vaultOf(modelId),
      tx: '0x',
      blockHash: '0x',
      blockNumber: 1n,
      logIndex: nextLog,
      at: new Date(at.getTime() - daysAgo * 86_400_000),
    });
  }
}

const listed = async (query = {}) => (await listModels(db, query)).map(({ modelId }) => Number(modelId));

describe('listings', { timeout: 600_000 }, () => {
  it('follow prices, offers and the kind on the card', async () => {
    await publish(1n, ALICE, 3n);
    await publish(2n, ALICE, 2n);
    await publish(3n, ALICE, null);
    expect(await listed()).toEqual([3, 2, 1]);
    expect(await listed({ sort: 'price' })).toEqual([2, 1]);
    await db.model.update({ where: { modelId: 3n }, data: { serveTermsId: 1n } });
    await db.model.update({ where: { modelId: 2n }, data: { serveTermsId: 9n } });
    expect(await listed({ sort: 'price' })).toEqual([3, 1, 2]);
    expect(await listed({ sort: 'price', after: 3n })).toEqual([1, 2]);
    expect(await listed({ sort: 'price', after: 99n })).toEqual([]);
    await db.modelCard.create({ data: { modelId: 1n, commitId: '1', nextAttemptAt: at } });
    expect(await listed({ kind: 'classifier' })).toEqual([]);
    await db.modelCard.update({ where: { modelId: 1n }, data: { kind: 'classifier', name: 'Kind words' } });
    expect(await listed({ kind: 'classifier' })).toEqual([1]);
    expect(await listed({ kind: 'classifier', search: 'words' })).toEqual([1]);
    expect(await listed({ kind: 'language', search: 'words' })).toEqual([]);
    expect(await listed({ search: 'classifier' })).toEqual([]); // its card says no such word
  });

  it('follow a reorg, and a rebuilding', async () => {
    await publish(1n, ALICE, 3n);
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`select set_config('oml.block', '7', true)`;
      await tx.model.update({ where: { modelId: 1n }, data: { serveTermsId: null } });
    });
    expect(await listed({ sort: 'price' })).toEqual([]);
    await db.$executeRaw`select chain.roll_back(6)`;
    expect(await listed({ sort: 'price' })).toEqual([1]);
    await db.$executeRaw`select chain.wipe()`;
    expect(await db.listing.count()).toBe(0);
  });
});

describe('facets', { timeout: 600_000 }, () => {
  const CARD =
    '---\npipeline_tag: text-generation\nlicense: Apache-2.0\nlanguage: [en, de]\ncontext_length: 2048\n---\n# A';

  it('are of the card, the offer and the code book, and follow each', async () => {
    await publish(1n, ALICE, 9n);
    await publish(2n, BOB, 9n);
    const card = { name: 'a', kind: 'language', nextAttemptAt: at };
    await db.modelCard.create({ data: { modelId: 1n, commitId: '1', ...card } });
    await db.modelCard.create({ data: { modelId: 2n, commitId: '2', ...card, hasDemo: true } });
    expect(await listed({ facets: ['task:text-generation'] })).toEqual([]);
    await db.modelCard.update({ where: { modelId: 1n }, data: facetColumns(CARD) });
    expect((await db.listing.findUniqueOrThrow({ where: { modelId: 1n } })).facets).toEqual(
      'task:text-generation license:apache-2.0 language:en language:de context:128 context:1024 price:1000 price:10000 price:100000'.split(
        ' ',
      ),
    );
    expect(await listed({ facets: ['language:de', 'context:1024'] })).toEqual([1]);
    expect(await listed({ facets: ['demo:free'] })).toEqual([2]);
    expect(await listed({ facets: ['price:1000'], sort: 'price' })).toEqual([1, 2]);
    expect(await listed({ facets: ['price:1000'], search: 'a', limit: 1 })).toEqual([2]);
    await db.model.update({ where: { modelId: 1n }, data: { serveTermsId: null } });
    expect(await listed({ facets: ['price:1000'] })).toEqual([2]);
    await db.codeBook.update({ where: { commitId: '2' }, data: { size: 300 } });
    await db.model.update({ where: { modelId: 2n }, data: { latestCommitId: '2' } });
    expect(await listed({ facets: ['keys:256'] })).toEqual([2]);
    expect(await listed({ facets: ['keys:512'] })).toEqual([]);
    await refreshFigures(db, at);
    expect([...(await facetCounts(db))].slice(0, 3)).toEqual([
      ['context:1024', 1],
      ['context:128', 1],
      ['demo:free', 1],
    ]);
  });

  it('count hosts that a verifier found answering within a day', async () => {
    await publish(1n, ALICE);
    const row = { verifier: BOB, modelId: 1n, endpoint: '', windowFrom: at, method: '', looks: 9, answers: 0 };
    await db.endpointFigures.create({ data: { licenseId: 1n, ...row, windowTo: at, up: 0 } });
    await refreshOnline(db, at);
    expect(await listed({ facets: ['hosts:online'] })).toEqual([]);
    await db.endpointFigures.updateMany({ data: { up: 1 } });
    await refreshOnline(db, at);
    expect(await listed({ facets: ['hosts:online'] })).toEqual([1]);
    await refreshOnline(db, new Date(at.getTime() + 86_400_000));
    expect(await listed({ facets: ['hosts:online'] })).toEqual([]);
  });

  it('hold no words but short plain ones, whatever a card says', () =>
    expect(
      facetColumns(
        `---\npipeline_tag: "a:b"\nlicense: ${'x'.repeat(60)}\nlanguage: [EN, en, "<b>"]\ncontext_length: -1\n---\n`,
      ),
    ).toEqual({
      task: null,
      license: null,
      languages: ['en'],
      context: null,
    }));
});

describe('trends', { timeout: 600_000 }, () => {
  it('leave out who pays itself: owner and host', async () => {
    await publish(1n, ALICE);
    await use(1n, ALICE, 9);
    await use(1n, HOST, 9);
    await refreshTrends(db, at);
    expect(await db.listing.findUnique({ where: { modelId: 1n } })).toMatchObject({ trending: 0, payers: 0 });
  });

  it('weigh many payers above many uses, and payers of several owners above those of one', async () => {
    await publish(1n, ALICE);
    await publish(2n, ALICE);
    await publish(3n, BOB);
    await use(1n, person(1), 30); // one who pays a lot
    for (const n of [2, 3, 4, 5, 6]) await use(2n, person(n), 2); // five who pay for nobody else’s
    for (const n of [7, 8]) {
      await use(3n, person(n), 2);
      await use(1n, person(n)); // two who pay for what ALICE has, too
    }
    await refreshTrends(db, at);
    const trending = await db.listing.findMany({ orderBy: { modelId: 'asc' } });
    expect(trending.map(({ payers }) => payers)).toEqual([3, 5, 2]);
    expect(trending.map(({ trending: score }) => score)).toEqual([
      expect.closeTo(Math.log(31) / 4 + 2 * Math.log(2)),
      expect.closeTo((5 / 4) * Math.log(3)),
      expect.closeTo(2 * Math.log(3)),
    ]);
    expect(await listed({ sort: 'trending' })).toEqual([1, 3, 2]);
    expect(await listed({ sort: 'trending', after: 1n })).toEqual([3, 2]);
  });

  it('forget after seven days', async () => {
    await publish(1n, ALICE);
    await use(1n, BOB, 1, 6);
    await use(1n, person(1), 1, 7);
    await refreshTrends(db, at);
    expect(await db.listing.findUnique({ where: { modelId: 1n } })).toMatchObject({ payers: 1 });
    await refreshTrends(db, new Date(at.getTime() + 9 * 86_400_000));
    expect(await db.listing.findUnique({ where: { modelId: 1n } })).toMatchObject({ payers: 0, trending: 0 });
  });
});

describe('figures', { timeout: 600_000 }, () => {
  it('are counted at once while they never were, then as of the last counting', async () => {
    await publish(1n, ALICE);
    await use(1n, BOB, 2);
    const first = { models: 1, hosts: 1, uses: 2, revenue: 200n, claims: 0, slashed: 0n };
    expect(await counts(db)).toEqual(first);
    await refreshFigures(db, at);
    await publish(2n, ALICE);
    await db.modelCard.create({ data: { modelId: 2n, commitId: '2', kind: 'language', nextAttemptAt: at } });
    expect(await counts(db)).toEqual(first);
    expect(await facets(db)).toEqual({ language: 0, classifier: 0 });
    await refreshFigures(db, at);
    expect(await counts(db)).toEqual({ ...first, models: 2 });
    expect(await facets(db)).toEqual({ language: 1, classifier: 0 });
  });

  it('say of all licenses in force where verifiers looked, and which answered', async () => {
    for (const modelId of [1n, 2n, 3n, 4n]) await publish(modelId, ALICE);
    await db.license.update({ where: { licenseId: 4n }, data: { state: 'closed' } });
    const look = (licenseId: bigint, verifier: Address, up: number) =>
      db.endpointFigures.create({
        data: {
          licenseId,
          verifier,
          modelId: licenseId,
          endpoint: '',
          windowFrom: at,
          windowTo: at,
          method: '',
          looks: 9,
          up,
          answers: 0,
        },
      });
    await look(1n, ALICE, 0);
    await look(1n, BOB, 3);
    await look(2n, ALICE, 0);
    await look(2n, BOB, 3);
    // It was up once, and nobody finds it any more.
    await db.endpointFigures.update({
      where: { licenseId_verifier: { licenseId: 2n, verifier: BOB } },
      data: { missed: 6 },
    });
    await look(4n, ALICE, 9);
    expect(await hostsLately(db)).toEqual({ licenses: 3, looked: 2, answering: 1 });
  });
});

describe('addresses of models', { timeout: 600_000 }, () => {
  const register = (text: string, holder: Address, modelId = 0) =>
    db.name.create({ data: { nameId: text, text, holder, modelId, deposit: 0, registeredAt: at } });

  it('are made of the owner’s own name, or its address, and the name that points to the model', async () => {
    await publish(1n, ALICE);
    await publish(2n, BOB);
    await publish(3n, BOB);
    await register('tales', ALICE, 1);
    await register('stories', ALICE, 1);
    await register('digits', BOB, 2);
    await register('bob', BOB);
    const owned = [1n, 2n, 3n].map((modelId) => ({ modelId, owner: modelId === 1n ? ALICE : BOB }));
    expect(await addressesOf(db, owned)).toEqual(
      new Map([
        [1n, { owner: ALICE, name: 'stories' }],
        [2n, { owner: 'bob', name: 'digits' }],
      ]),
    );
    expect(await listAddresses(db, 2)).toEqual([3n, { owner: 'bob', name: 'digits' }]);
    expect((await listAddresses(db, 9))[2]).toEqual({ owner: ALICE, name: 'stories' });
    expect(await modelAt(db, { owner: ALICE.toLowerCase(), name: 'tales' })).toBe(1n);
    expect(await modelAt(db, { owner: 'bob', name: 'digits' })).toBe(2n);
    expect(await modelAt(db, { owner: BOB, name: 'digits' })).toBe(2n);
    for (const [owner, name] of [
      [BOB, 'tales'],
      ['alice', 'tales'],
      ['digits', 'digits'],
      ['bob', 'bob'],
      ['bob', 'Digits'],
    ] as const)
      expect(await modelAt(db, { owner, name })).toBeUndefined();
  });

  it('are gone once the model is another’s', async () => {
    await publish(1n, ALICE);
    await register('tales', ALICE, 1);
    await db.model.update({ where: { modelId: 1n }, data: { owner: BOB } });
    expect(await addressesOf(db, [{ modelId: 1n, owner: BOB }])).toEqual(new Map());
    expect(await listAddresses(db, 9)).toEqual([1n]);
    expect(await modelAt(db, { owner: ALICE, name: 'tales' })).toBeUndefined();
  });
});
