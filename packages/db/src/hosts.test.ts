import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { seedMarket } from '../test-support/large-market.ts';
import { listAccusations, type AccusationPlace } from './accusations.ts';
import { openDatabase, type Database } from './client.ts';
import { listHosts } from './hosts.ts';

/** Every second of the hosts of model 1 serves: those with an even license. */
const SIZE = { models: 2_000, hosts: 1_000, bookings: 1_000 };
const [FIRST, VERIFIER] = [2_996n, '0x0000000000000000000000000000000000000001'];

let postgres: MigratedPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  await seedMarket(db, SIZE);
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres?.stop();
});

const numbers = async (query: Partial<Parameters<typeof listHosts>[1]> = {}) =>
  (await listHosts(db, { modelId: 1n, part: 'serving', ...query })).licenses.map(({ licenseId }) => licenseId);

it('lists the hosts of a model page by page, each once, and counts those that serve and the others', async () => {
  const { licenses, ...totals } = await listHosts(db, { modelId: 1n, part: 'serving', limit: 200 });
  expect(totals).toEqual({ serving: 500, others: 501 });
  const pages = [licenses.map(({ licenseId }) => licenseId)];
  for (const page of [2, 3]) pages.push(await numbers({ limit: 200, page }));
  expect(pages.map(({ length }) => length)).toEqual([200, 200, 100]);
  expect(new Set(pages.flat()).size).toBe(500);
  expect(await numbers({ part: 'others', page: 21 })).toHaveLength(1);
  expect(await numbers({ page: 21 })).toEqual([]);
  expect((await listHosts(db, { modelId: 1n, part: 'serving', page: 99 })).serving).toBe(500);
  expect(await listHosts(db, { modelId: 2n ** 70n, part: 'serving' })).toEqual({ licenses: [], serving: 0, others: 0 });
});

it('names those first that nothing was ever taken from', async () => {
  const [best, second] = await numbers();
  expect([best, second]).toEqual([3_000n, 2_998n]);
  const { account } = await db.license.findUniqueOrThrow({ where: { licenseId: second! } });
  await db.account.update({ where: { account }, data: { lateFees: 1 } });
  expect((await numbers()).slice(0, 2)).toEqual([3_000n, 2_996n]);
  expect((await numbers({ page: 20 })).at(-1)).toBe(second);
});

it('leaves out whose endpoint nobody finds any more, however well it did before; what nobody looked at is not dead', async () => {
  const at = { licenseId_verifier: { licenseId: FIRST, verifier: VERIFIER } };
  const { verifier } = await db.endpointFigures.findFirstOrThrow({ where: { licenseId: FIRST } });
  const { ...row } = await db.endpointFigures.update({
    where: { licenseId_verifier: { licenseId: FIRST, verifier } },
    data: { missed: 6 },
  });
  expect(await numbers()).not.toContain(FIRST);
  expect(await numbers({ part: 'others' })).toContain(FIRST);
  await db.endpointFigures.create({ data: { ...row, verifier: VERIFIER, missed: 5 } });
  expect(await numbers()).toContain(FIRST);
  await db.endpointFigures.update({ where: at, data: { looks: 0, missed: 0 } });
  expect(await numbers()).not.toContain(FIRST);
  // It moved: what was found elsewhere says nothing of where it is now.
  await db.license.update({ where: { licenseId: FIRST }, data: { endpoint: 'http://moved' } });
  expect(await numbers()).toContain(FIRST);
});

it('lists claims and refused ones together, each once, however they are cut into pages', async () => {
  const seen: string[] = [];
  let after: AccusationPlace | undefined;
  do {
    const page = await listAccusations(db, { limit: 7, ...(after ? { after } : {}) });
    seen.push(...page.accusations.map((each) => ('claim' in each ? each.claim.claimId : each.refused.tx)));
    after = page.next;
  } while (after);
  expect(seen).toHaveLength(200);
  expect(new Set(seen).size).toBe(200);
  // Newest first; of one block the claims.
  expect(seen.slice(0, 3).map((id) => [id.at(2), Number(id.replace(/^0x[cd]+/, ''))])).toEqual([
    ['c', 100],
    ['d', 100],
    ['c', 99],
  ]);
  const { accusations, next } = await listAccusations(db, { modelId: 1n, limit: 200 });
  expect(next).toBeUndefined();
  expect(accusations.length).toBeGreaterThan(40);
  const models = accusations.map((each) => ('claim' in each ? each.claim.modelId : each.refused.modelId));
  expect(new Set(models)).toEqual(new Set([1n]));
});
