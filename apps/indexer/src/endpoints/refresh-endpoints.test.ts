import { openDatabase, type Database } from '@oml/db/client';
import { endpointFiguresOf, endpointsOfModel } from '@oml/db/endpoint-figures';
import { startMigratedPostgres, type MigratedPostgres } from '@oml/db/test-support/database';
import { seedMarket } from '@oml/db/test-support/large-market';
import { signToldEndpoints } from '@oml/protocol/signed/told-endpoints';
import type { EndpointFiguresJson, ToldEndpointsJson } from '@oml/protocol/wire/endpoint-figures';
import { flood, startHostileServer } from '@oml/service/test-support/hostile-server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { quiet } from '../../test-support/index-of.ts';
import { refreshEndpoints } from './refresh-endpoints.ts';

const [VERIFIER, OUTSIDER] = [generatePrivateKey(), generatePrivateKey()].map((key) => privateKeyToAccount(key)) as [
  ReturnType<typeof privateKeyToAccount>,
  ReturnType<typeof privateKeyToAccount>,
];
const REGISTRY = { chainId: 31_337, verifierRegistry: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const;
const AT = new Date('2026-01-02T00:00:00.000Z');

let postgres: MigratedPostgres;
let db: Database;
let server: Server;
let url: string;
let answer: string;

const row = (licenseId: number, change: Partial<EndpointFiguresJson> = {}): EndpointFiguresJson => ({
  licenseId: String(licenseId),
  modelId: String(licenseId),
  endpoint: 'http://host',
  from: '2026-01-01T00:00:00.000Z',
  to: AT.toISOString(),
  looks: 100,
  up: 99,
  missed: 1,
  answers: 12,
  answered: { p50Ms: 1_200, p95Ms: 3_400 },
  tokensPerSecond: 21.5,
  price: { asked: '2000', holds: true },
  verifiedAt: '2026-01-01T23:00:00.000Z',
  ...change,
});

const told = (endpoints: EndpointFiguresJson[], { at = AT, by = VERIFIER } = {}): Promise<ToldEndpointsJson> =>
  signToldEndpoints({ verifier: VERIFIER.address, method: 'looked', at: at.toISOString(), endpoints }, by, REGISTRY);

async function refresh(contents: unknown): Promise<void> {
  answer = JSON.stringify(contents);
  const parts = { db, registry: REGISTRY, verifierUrls: [`${url}/`], allowPrivate: true, logger: quiet };
  await refreshEndpoints({ ...parts, now: () => AT });
}

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  await seedMarket(db, { models: 200, hosts: 100, bookings: 10 });
  await db.verifier.create({ data: { verifier: VERIFIER.address, stake: 20, encryptionKey: '0x' } });
  server = createServer((request, response) => {
    response.writeHead(request.url === '/endpoints' ? 200 : 404, { 'content-type': 'application/json' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 600_000);
afterAll(async () => {
  server?.close();
  await db?.$disconnect();
  await postgres?.stop();
});
beforeEach(async () => void (await db.endpointFigures.deleteMany()));

it('keeps what a staked verifier found of active licenses, with window and method', async () => {
  await refresh(await told([row(2), row(4, { answered: null, tokensPerSecond: null, price: null, verifiedAt: null })]));
  expect(await endpointFiguresOf(db, 2n)).toEqual([
    {
      licenseId: 2n,
      verifier: VERIFIER.address,
      endpoint: 'http://host',
      from: new Date('2026-01-01T00:00:00Z'),
      to: AT,
      method: 'looked',
      looks: 100,
      up: 99,
      missed: 1,
      answers: 12,
      p50Ms: 1_200,
      p95Ms: 3_400,
      tokensPerSecond: 21.5,
      price: { asked: 2_000n, holds: true },
      verifiedAt: new Date('2026-01-01T23:00:00Z'),
    },
  ]);
  const [bare] = (await endpointsOfModel(db, 4n)).get(4n)!;
  expect(Object.keys(bare!)).not.toEqual(expect.arrayContaining(['p50Ms']));
});

it('puts newer figures in the place of older ones, and forgets endpoints that are told of no more', async () => {
  await refresh(await told([row(2), row(4)]));
  await refresh(await told([row(2, { up: 50 })]));
  expect((await endpointFiguresOf(db, 2n)).map(({ up }) => up)).toEqual([50]);
  expect(await endpointFiguresOf(db, 4n)).toEqual([]);
});

it('leaves out licenses that are not active, of another model, or of no registry', async () => {
  await refresh(await told([row(3), row(2, { modelId: '4' }), row(2, { licenseId: String(2n ** 70n) }), row(6)]));
  expect(await db.endpointFigures.findMany({ select: { licenseId: true } })).toEqual([{ licenseId: 6n }]);
});

it.each<[string, () => Promise<unknown>]>([
  ['somebody else signed', () => told([row(2)], { by: OUTSIDER })],
  ['was changed', async () => ({ ...(await told([row(2)])), endpoints: [row(2, { up: 100 })] })],
  ['comes out of the future', () => told([row(2)], { at: new Date('2026-01-02T01:00:00Z') })],
  ['is no figure', async () => ({ ...(await told([row(2)])), endpoints: [{ ...row(2), up: -1 }] })],
  ['is nothing of the kind', async () => ({ hello: 'world' })],
])('keeps the last good figures where what comes %s', async (_, contents) => {
  await refresh(await told([row(2)]));
  await refresh(await contents());
  expect((await endpointFiguresOf(db, 2n)).map(({ up }) => up)).toEqual([99]);
});

it('takes nothing from a verifier without a stake', async () => {
  await db.verifier.update({ where: { verifier: VERIFIER.address }, data: { stake: 0 } });
  await refresh(await told([row(2)]));
  await db.verifier.update({ where: { verifier: VERIFIER.address }, data: { stake: 20 } });
  expect(await endpointFiguresOf(db, 2n)).toEqual([]);
});

it('asks nobody elsewhere or inside, and reads no more than it can bear', async () => {
  let sent = 0;
  const hostile = await startHostileServer({
    '/away/endpoints': (_, response) => response.writeHead(302, { location: '/inside' }).end(),
    '/huge/endpoints': flood((bytes) => (sent += bytes)),
  });
  const ask = (verifierUrls: string[], allowPrivate: boolean) =>
    refreshEndpoints({ db, registry: REGISTRY, verifierUrls, allowPrivate, logger: quiet, now: () => AT });
  try {
    await ask([`${hostile.url}/away`, `${hostile.url}/huge`], true);
    expect(hostile.asked.toSorted()).toEqual(['/away/endpoints', '/huge/endpoints']);
    expect(sent).toBeLessThan(64 << 20); // 4 MiB, and what lies in buffers of the system
    await ask([hostile.url, `http://localhost:${hostile.port}`, `http://2130706433:${hostile.port}`], false);
    expect(hostile.asked).toHaveLength(2);
  } finally {
    hostile.close();
  }
});
