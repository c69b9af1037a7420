import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { listClaims } from './claims.ts';
import { openDatabase, type Database } from './client.ts';
import { findNames, listNames } from './names.ts';
import { recordOf } from './records.ts';
import { listRefusedClaims } from './refused-claims.ts';
import { listReports } from './reports.ts';

const [HOST, VERIFIER, OUTSIDER] = [
  '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc',
  '0x976EA74026E726554dB657fA54763abd0C3a0aa9',
] as const satisfies Address[];
const day = (n: number) => new Date(Date.UTC(2026, 0, n));

let postgres: MigratedPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  const claim = {
    offence: 'unpaid-use',
    claimant: VERIFIER,
    account: HOST,
    modelId: 7,
    licenseId: 3,
    bond: 1,
    logIndex: 0,
  };
  await db.claim.createMany({
    data: [
      { ...claim, claimId: '0xa1', blockNumber: 1, state: 'slashed', revealedAt: day(1) },
      { ...claim, claimId: '0xa2', blockNumber: 2, state: 'slashed', revealedAt: day(9) },
      { ...claim, claimId: '0xa3', blockNumber: 3, state: 'lapsed', revealedAt: day(5), account: OUTSIDER },
      {
        ...claim,
        claimId: '0xa4',
        blockNumber: 4,
        state: 'contested',
        revealedAt: day(7),
        claimant: HOST,
        account: VERIFIER,
      },
    ],
  });
  const refused = { txIndex: 0, functionName: 'f', errorName: 'E', errorArgs: {}, account: HOST };
  await db.refusedClaim.createMany({
    data: [
      { ...refused, tx: '0xb1', blockNumber: 5, from: VERIFIER, at: day(3) },
      { ...refused, tx: '0xb2', blockNumber: 6, from: OUTSIDER, at: day(4) },
    ],
  });
  const name = { deposit: 1, registeredAt: day(1) };
  await db.name.createMany({
    data: [
      { ...name, nameId: '0xc1', text: 'acme', holder: HOST },
      { ...name, nameId: '0xc2', text: 'acme-labs', holder: OUTSIDER },
      { ...name, nameId: '0xc3', text: 'acme-free', holder: null },
      { ...name, nameId: '0xc4', text: 'zeta', holder: HOST },
    ],
  });
  const committee = { court: 'c', caseId: 1, state: 'counted', draw: 1, round: 1, jurors: [], votes: [] };
  await db.committee.create({ data: { committeeId: 1, ...committee } });
  const report = { kind: 'leak', state: 'closed', outcome: 'upheld', bond: 1, committeeId: 1, filedAt: day(2) };
  await db.report.createMany({
    data: [
      { ...report, reportId: 1, reporter: VERIFIER, accused: HOST },
      { ...report, reportId: 2, reporter: HOST },
    ],
  });
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres?.stop();
});

describe('the record of an account', () => {
  it('counts claims against it and by it, apart, with the first and the last date', async () => {
    expect(await recordOf(db, HOST)).toEqual({
      against: { slashed: { count: 2, first: day(1), last: day(9) } },
      brought: { contested: { count: 1, first: day(7), last: day(7) } },
      refusedAgainst: { count: 2, first: day(3), last: day(4) },
      booked: { uses: 0, total: 0n },
      modelCount: 0,
    });
    const verifier = await recordOf(db, VERIFIER.toLowerCase() as Address);
    expect(verifier.brought).toEqual({
      slashed: { count: 2, first: day(1), last: day(9) },
      lapsed: { count: 1, first: day(5), last: day(5) },
    });
    expect(verifier.refusedBrought).toEqual({ count: 1, first: day(3), last: day(3) });
  });

  it('is empty of whom nobody knows', async () => {
    const empty = { against: {}, brought: {}, booked: { uses: 0, total: 0n }, modelCount: 0 };
    expect(await recordOf(db, '0x0000000000000000000000000000000000000001')).toEqual(empty);
    expect(await recordOf(db, 'nobody' as Address)).toEqual(empty);
  });

  it('is told apart in lists: who brought a claim, and whom it is against', async () => {
    const ids = async (query: Parameters<typeof listClaims>[1]) =>
      (await listClaims(db, query)).map(({ claimId }) => claimId);
    expect(await ids({ claimant: VERIFIER })).toEqual(['0xa3', '0xa2', '0xa1']);
    expect(await ids({ claimant: VERIFIER, account: HOST })).toEqual(['0xa2', '0xa1']);
    expect((await listRefusedClaims(db, { from: OUTSIDER })).map(({ tx }) => tx)).toEqual(['0xb2']);
    expect((await listReports(db, { reporter: HOST })).map(({ reportId }) => reportId)).toEqual([2n]);
    expect((await listReports(db, { accused: HOST })).map(({ reportId }) => reportId)).toEqual([1n]);
  });
});

describe('names', () => {
  it('are found by their beginning, those that somebody holds', async () => {
    expect((await findNames(db, 'acm')).map(({ text }) => text)).toEqual(['acme', 'acme-labs']);
    expect(await findNames(db, 'labs')).toEqual([]);
    expect(await findNames(db, '%')).toEqual([]);
    expect((await listNames(db, { holder: HOST })).map(({ text }) => text)).toEqual(['acme', 'zeta']);
  });
});
