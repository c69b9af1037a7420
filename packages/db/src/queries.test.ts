import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { getClaim, listClaims } from './claims.ts';
import { getRefusedClaim, listRefusedClaims } from './refused-claims.ts';
import { openDatabase, type Database } from './client.ts';
import { accountOf } from './accounts.ts';
import { listBookings } from './bookings.ts';
import { listDistributions } from './distributions.ts';
import { getLicense, listLicenses } from './licenses.ts';
import { counts } from './market.ts';
import { indexStatus } from './cursor.ts';
import { blameOf, blamesOfEditions } from './blames.ts';
import { titleBondOf } from './title-bonds.ts';
import { listBatches } from './batches.ts';
import { getVerifier, listVerifiers } from './verifiers.ts';

const HOST = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC' as Address;
const VERIFIER = '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc' as Address;
const OUTSIDER = '0x976EA74026E726554dB657fA54763abd0C3a0aa9' as Address;
const at = new Date('2026-01-01T00:00:00Z');
const huge = 2n ** 256n - 1n;

let postgres: MigratedPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres.stop();
});

describe('queries over an empty database', () => {
  it('answer with nothing, not with errors', async () => {
    expect(await indexStatus(db)).toBeUndefined();
    expect(await counts(db)).toEqual({ models: 0, hosts: 0, uses: 0, revenue: 0n, claims: 0, slashed: 0n });
    expect(
      await Promise.all([
        listLicenses(db),
        listBookings(db),
        listDistributions(db),
        listClaims(db),
        listRefusedClaims(db),
        listVerifiers(db),
        listBatches(db),
        blamesOfEditions(db, 1n),
      ]),
    ).toEqual([[], [], [], [], [], [], [], []]);
    expect(
      await Promise.all([
        getLicense(db, 1n),
        getClaim(db, '0x1'),
        titleBondOf(db, 1n),
        blameOf(db, '0x1'),
        getVerifier(db, VERIFIER),
        accountOf(db, HOST),
      ]),
    ).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  it('take ids and addresses that cannot be for unknown', async () => {
    expect(
      await Promise.all([
        getLicense(db, huge),
        getClaim(db, '0x'),
        titleBondOf(db, huge),
        getVerifier(db, '0x12'),
        accountOf(db, 'nobody' as Address),
      ]),
    ).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(
      await Promise.all([
        listLicenses(db, { modelId: huge }),
        listBookings(db, { client: '0x' }),
        listClaims(db, { modelId: huge }),
      ]),
    ).toEqual([[], [], []]);
  });
});

describe('claims and verifiers', () => {
  beforeAll(async () => {
    await db.verifier.createMany({
      data: [
        { verifier: VERIFIER, stake: 40, encryptionKey: '0x' },
        { verifier: OUTSIDER, stake: 50, encryptionKey: '0x', leavableAt: at },
      ],
    });
    const batch = { verifier: VERIFIER, round: 1, deposit: 100, commitTx: '0x', at };
    await db.batch.createMany({
      data: [
        {
          ...batch,
          batchId: '0x1',
          number: 1,
          state: 'opened',
          account: HOST,
          modelId: huge.toString(),
          release: 2,
          itemCount: 8,
          paid: 25,
        },
        { ...batch, batchId: '0x2', number: 2, state: 'forfeited' },
        { ...batch, batchId: '0x3', number: 3, state: 'drawn' },
      ],
    });
    const claim = {
      offence: 'unpaid-use',
      claimant: VERIFIER,
      account: HOST,
      modelId: 7,
      licenseId: 3,
      bond: 1,
      revealedAt: at,
      logIndex: 0,
    };
    await db.claim.createMany({
      data: [
        { ...claim, claimId: '0xf1', blockNumber: 1, state: 'slashed', toClaimant: '20000000' },
        { ...claim, claimId: '0xe2', blockNumber: 2, state: 'paid-late', toClaimant: 5 },
        { ...claim, claimId: '0xd3', blockNumber: 3, state: 'lapsed', claimant: OUTSIDER },
        { ...claim, claimId: '0xc4', blockNumber: 3, logIndex: 1, state: 'contested', account: OUTSIDER, modelId: 8 },
      ],
    });
    const refused = {
      blockNumber: 9,
      from: VERIFIER,
      functionName: 'revealUnpaidUse',
      errorName: 'ClaimCourt_AlreadyBooked',
      errorArgs: { index: '0' },
      at,
    };
    await db.refusedClaim.createMany({
      data: [
        { ...refused, tx: '0xa', txIndex: 0, account: HOST, licenseId: huge.toString(), modelId: 7 },
        { ...refused, tx: '0xb', txIndex: 1 },
      ],
    });
  });

  it('count a verifier’s batches by their end and its claims by what they brought', async () => {
    const [first, second] = await listVerifiers(db);
    expect(first).toEqual({
      verifier: OUTSIDER,
      stake: 50n,
      leavableAt: at,
      batchCount: 0,
      openedCount: 0,
      forfeitedCount: 0,
      claimsWon: 0,
      claimsLost: 1,
      rewards: 0n,
      tickets: 0,
    });
    expect(second).toEqual({
      verifier: VERIFIER,
      stake: 40n,
      batchCount: 3,
      openedCount: 1,
      forfeitedCount: 1,
      claimsWon: 2,
      claimsLost: 0,
      rewards: 20_000_005n,
      tickets: 0,
    });
    expect(await getVerifier(db, VERIFIER.toLowerCase() as Address)).toEqual(second);
  });

  it('list batches latest first, with numbers as large as the chain allows', async () => {
    const batches = await listBatches(db, { verifier: VERIFIER });
    expect(batches.map(({ state }) => state)).toEqual(['drawn', 'forfeited', 'opened']);
    expect(batches[2]).toEqual({
      batchId: '0x1',
      verifier: VERIFIER,
      number: 1,
      state: 'opened',
      account: HOST,
      modelId: huge,
      release: 2,
      itemCount: 8,
      deposit: 100n,
      paid: 25n,
      commitTx: '0x',
      at,
    });
    expect(await listBatches(db, { verifier: HOST })).toEqual([]);
  });

  it('list claims newest first, by account in any spelling, by model, and no more than asked for', async () => {
    const ids = async (query: Parameters<typeof listClaims>[1]) =>
      (await listClaims(db, query)).map(({ claimId }) => claimId);
    expect(await ids({})).toEqual(['0xc4', '0xd3', '0xe2', '0xf1']);
    expect(await ids({ account: HOST.toLowerCase() as Address, limit: 2 })).toEqual(['0xd3', '0xe2']);
    expect(await ids({ modelId: 8n })).toEqual(['0xc4']);
  });

  it('list refused claims against an account', async () => {
    expect(await listRefusedClaims(db)).toHaveLength(2);
    expect(await listRefusedClaims(db, { account: HOST })).toEqual([
      {
        tx: '0xa',
        blockNumber: 9n,
        from: VERIFIER,
        functionName: 'revealUnpaidUse',
        errorName: 'ClaimCourt_AlreadyBooked',
        errorArgs: { index: '0' },
        account: HOST,
        licenseId: huge,
        modelId: 7n,
        at,
      },
    ]);
  });

  it('list and find refused claims of a model behind any number of newer ones of others', async () => {
    const newer = Array.from({ length: 300 }, (_, i) => ({
      tx: `0xc${i}`,
      blockNumber: 10 + i,
      txIndex: 0,
      from: VERIFIER,
      functionName: 'revealUnpaidUse',
      errorName: 'ClaimCourt_AlreadyBooked',
      errorArgs: {},
      modelId: 8,
      at,
    }));
    await db.refusedClaim.createMany({ data: newer });
    const [first] = await listRefusedClaims(db, { account: HOST });
    expect(await listRefusedClaims(db, { modelId: 7n })).toEqual([first]);
    expect(await listRefusedClaims(db, { modelId: huge })).toEqual([]);
    expect(await getRefusedClaim(db, '0xA' as Address)).toEqual(first);
    expect(await getRefusedClaim(db, '0xf')).toBeUndefined();
  });
});
