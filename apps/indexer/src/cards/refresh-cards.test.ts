import { openDatabase, type Database } from '@oml/db/client';
import { getModel, listModels } from '@oml/db/models';
import { startMigratedPostgres, type MigratedPostgres } from '@oml/db/test-support/database';
import { flood, startHostileServer } from '@oml/service/test-support/hostile-server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quiet } from '../../test-support/index-of.ts';
import { refreshCards } from './refresh-cards.ts';

let postgres: MigratedPostgres;
let db: Database;
let server: Server;
let uri: string;
/** What the publisher answers, by path. */
const pages = new Map<string, string>();
const asked: string[] = [];

const page = (modelId: number, more: object = {}): string =>
  JSON.stringify({
    modelId: String(modelId),
    name: `Fable ${modelId}`,
    kind: 'language',
    card: '# Once upon a time',
    demo: false,
    ...more,
  });
/** The tests' own time, so that a slow machine is never late. */
const NOW = new Date('2026-01-01T00:00:00Z');
const refresh = (at = NOW) => refreshCards({ db, allowPrivate: true, logger: quiet, now: () => at });
const due = (modelId: number) =>
  db.modelCard.update({ where: { modelId: BigInt(modelId) }, data: { nextAttemptAt: new Date(0) } });

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const text = pages.get(request.url ?? '');
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [modelId, address] of [
    [1, uri],
    [2, `${uri}/`],
    [3, `${uri}/sub/`],
    [4, 'http://127.0.0.1:1'],
    [5, 'not a url'],
  ] as const)
    await mint(modelId, address);
});
afterAll(async () => {
  server?.close();
  await db?.$disconnect();
  await postgres?.stop();
});

async function mint(modelId: number, address: string): Promise<void> {
  const commitId = `c${modelId}`;
  await db.codeBook.create({
    data: {
      commitId,
      committer: '',
      root: '',
      poseidonRoot: '',
      size: 2,
      commonSize: 1,
      bits: 1,
      bookNumber: 1,
      round: 1,
      commitTx: '',
      at: NOW,
    },
  });
  await db.model.create({
    data: {
      modelId,
      commitId,
      latestCommitId: commitId,
      slashBps: 1,
      owner: '',
      agent: '',
      uri: address,
      weightsDigest: '',
      controlPanelDigest: '',
      mintTx: '',
      mintedAt: NOW,
    },
  });
  await db.modelCard.create({ data: { modelId, commitId, nextAttemptAt: new Date(0) } });
}

describe('cards', () => {
  it('are fetched from each model’s publisher and shown, searchable, with the model', async () => {
    pages.set('/models/1', page(1, { report: { success: 0.98 } }));
    pages.set('/models/2', page(2, { kind: 'classifier', name: 'Digits', demo: true }));
    pages.set('/sub/models/3', page(3));
    expect(await refresh()).toBe(5);
    expect(asked.toSorted()).toEqual(['/models/1', '/models/2', '/sub/models/3']);
    expect(await getModel(db, 1n)).toMatchObject({
      name: 'Fable 1',
      kind: 'language',
      card: '# Once upon a time',
      report: { success: 0.98 },
      hasDemo: false,
    });
    expect(await listModels(db, { search: 'digit' })).toMatchObject([
      { modelId: 2n, kind: 'classifier', hasDemo: true },
    ]);
    expect(await getModel(db, 4n)).not.toHaveProperty('name');
    expect(await db.modelCard.findUnique({ where: { modelId: 5n } })).toMatchObject({
      failures: 1,
      lastError: 'its address is no http(s) URL',
    });
  });

  it('are not asked for again before their time', async () => {
    expect(await refresh(new Date(NOW.getTime() + 999))).toBe(0);
  });

  it('stay as they were while a publisher sends nonsense or nothing, and are asked for ever more rarely', async () => {
    const waits = [];
    for (const answer of [page(9), '{"modelId":"1"}', 'x'.repeat(300_000), '[]', undefined]) {
      if (answer === undefined) pages.delete('/models/1');
      else pages.set('/models/1', answer);
      await due(1);
      expect(await refresh()).toBe(1);
      const row = await db.modelCard.findUniqueOrThrow({ where: { modelId: 1n } });
      waits.push((row.nextAttemptAt.getTime() - NOW.getTime()) / 1000);
      expect(row).toMatchObject({ name: 'Fable 1', failures: waits.length });
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(await getModel(db, 1n)).toMatchObject({ name: 'Fable 1', report: { success: 0.98 } });
  });

  it('follow a publisher that comes back with another text, and lose a report that is no longer there', async () => {
    pages.set('/models/1', page(1, { name: 'Renamed', card: '# New' }));
    await due(1);
    await refresh();
    expect(await getModel(db, 1n)).toMatchObject({ name: 'Renamed', card: '# New' });
    expect(await getModel(db, 1n)).not.toHaveProperty('report');
    expect(await db.modelCard.findUnique({ where: { modelId: 1n } })).toMatchObject({ failures: 0, lastError: null });
    expect((await listModels(db, { search: 'renamed' })).map(({ modelId }) => modelId)).toEqual([1n]);
  });

  it('of models that a reorg took away are left alone', async () => {
    await due(3);
    await db.model.delete({ where: { modelId: 3n } });
    expect(await refresh()).toBe(0);
  });

  it('are taken from where they are said to be: not from elsewhere, not without end, not from inside', async () => {
    let sent = 0;
    const hostile = await startHostileServer({
      '/away/models/6': (_, response) => response.writeHead(302, { location: '/inside' }).end(),
      '/huge/models/7': flood((bytes) => (sent += bytes)),
    });
    try {
      await mint(6, `${hostile.url}/away`);
      await mint(7, `${hostile.url}/huge`);
      await refresh();
      expect(hostile.asked.toSorted()).toEqual(['/away/models/6', '/huge/models/7']);
      expect(sent).toBeLessThan(32 << 20); // what lies in buffers of the system
      const inside = ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', 'localhost'];
      for (const [i, host] of inside.entries()) await mint(8 + i, `http://${host}:${hostile.port}`);
      for (const modelId of [6, 7]) await due(modelId);
      await refreshCards({ db, allowPrivate: false, logger: quiet, now: () => NOW });
      expect(hostile.asked).toHaveLength(2);
      const untaken = { modelId: { in: [6n, 7n, ...inside.map((_, i) => BigInt(8 + i))] }, name: null };
      expect(await db.modelCard.count({ where: untaken })).toBe(6);
    } finally {
      hostile.close();
    }
  });
});
