import { TOWER_PATH } from '@oml/protocol/wire/voucher-export';
import { flood, startHostileServer, type HostileServer } from '@oml/service/test-support/hostile-server';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTower } from './host/tower.ts';
import { completionsAt } from './measure/endpoint.ts';

let server: HostileServer;
let sent = 0;
const { signal } = new AbortController();

/** Everything that a command reads from an address that a person types. Their own machines may be among them. */
const reads: Record<string, { path: string; read: (base: string) => Promise<unknown> }> = {
  'who a watchtower is': { path: TOWER_PATH, read: (base) => askTower(base, 31_337) },
  'an answer to measure': {
    path: '/completions',
    read: async (base) => (await completionsAt(base, { signal }))({ prompt: 'hello' }),
  },
};

beforeAll(async () => {
  const away: RequestListener = (_, response) => response.writeHead(302, { location: '/latest/meta-data/iam' }).end();
  const endless = flood((bytes) => (sent += bytes));
  const paths = Object.values(reads).map(({ path }) => path);
  const answers = paths.flatMap((path) => Object.entries({ [`/away${path}`]: away, [`/huge${path}`]: endless }));
  server = await startHostileServer(Object.fromEntries(answers));
});
afterAll(() => server.close());

describe.each(Object.entries(reads))('a command reads %s', (_, { read }) => {
  it('and follows it nowhere else', async () => {
    await expect(read(`${server.url}/away`)).rejects.toThrow();
    expect(server.asked).not.toContain('/latest/meta-data/iam');
  });

  it('and takes no more than it can bear', async () => {
    sent = 0;
    await expect(read(`${server.url}/huge`)).rejects.toThrow();
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(64 << 20); // 8 MiB at most, and what lies in buffers of the system
  });
});
