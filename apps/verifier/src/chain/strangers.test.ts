import { HOST_LISTING_PATH } from '@oml/protocol/wire/host-listing';
import { guardFor } from '@oml/service/guarded-fetch';
import { flood, startHostileServer, type HostileServer } from '@oml/service/test-support/hostile-server';
import type { RequestListener } from 'node:http';
import { zeroAddress, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askEndpoint } from '../committees/ask-endpoint.ts';
import { evidenceBy } from '../committees/read-evidence.ts';
import { kindOf } from '../programs/disguise-targets.ts';
import { hostsOf, type Hosts } from './hosts.ts';

// What a verifier asks of strangers needs no chain: whose URL it is, stands there; where it leads, is looked at here.
const LIMITS = { timeoutMs: 2_000, maxBytes: 256 << 10 };
const DEV = guardFor({ chainId: 31_337 }, LIMITS);
const LIVE = guardFor({ chainId: 8_453 }, LIMITS);
const noChain = { deployment: { contracts: {} } } as Parameters<typeof hostsOf>[0];
const hosts = (guard: typeof DEV): Hosts => hostsOf(noChain, {} as Parameters<typeof hostsOf>[1], guard);
let server: HostileServer;

let sent = 0;

beforeAll(async () => {
  const away: RequestListener = (_, response) => response.writeHead(302, { location: '/latest/meta-data/iam' }).end();
  const endless = flood((bytes) => (sent += bytes));
  const paths = [HOST_LISTING_PATH, '/models/1', '/v1/completions'];
  const answers = paths.flatMap((path) => Object.entries({ [`/away${path}`]: away, [`/huge${path}`]: endless }));
  server = await startHostileServer(Object.fromEntries(answers));
});
afterAll(() => server.close());

/** Everything that a verifier reads from a base URL that others named. */
const reads: Record<string, (base: string, guard: typeof DEV) => Promise<unknown>> = {
  'the listing of a host': (endpoint, guard) => hosts(guard).served({ endpoint, account: zeroAddress }),
  'what a publisher says of a model': (uri, limits) =>
    kindOf({ hosts: { model: async () => ({ uri }) } as unknown as Hosts, limits }, 1n),
  'an answer of an endpoint that was reported': async (url, guard) => {
    const head = await askEndpoint({ url, kind: 'language', model: 'm' }, { prompt: 'hello' }, guard);
    if (head === undefined) throw new Error('no answer');
    return head;
  },
};

describe.each(Object.entries(reads))('a verifier reads %s', (_, read) => {
  it('and follows it nowhere else', async () => {
    await expect(read(`${server.url}/away`, DEV)).rejects.toThrow();
    expect(server.asked).not.toContain('/latest/meta-data/iam');
  });

  it('and takes no more than it can bear', async () => {
    sent = 0;
    await expect(read(`${server.url}/huge`, DEV)).rejects.toThrow();
    expect(sent).toBeGreaterThan(LIMITS.maxBytes);
    expect(sent).toBeLessThan(32 << 20); // what lies in buffers of the system
  });

  it.each(['http://127.0.0.1', 'http://[::ffff:127.0.0.1]', 'http://2130706433', 'http://0x7f.1', 'http://localhost'])(
    'but not at %s where others are',
    async (host) => {
      const before = server.asked.length;
      await expect(read(`${host}:${server.port}/huge`, LIVE)).rejects.toThrow();
      expect(server.asked).toHaveLength(before);
    },
  );
});

it('a juror reads evidence that anyone may have put anywhere, and no page or secret', async () => {
  const uris = ['/redirect', '/endless', '/page', '/gzip-bomb'].map((path) => server.url + path);
  const pointers = uris.map((evidenceUri) => ({ by: zeroAddress, evidenceHash: zeroHash, evidenceUri }));
  expect(await evidenceBy(zeroAddress, pointers as never, z.unknown(), DEV)).toEqual([]);
  expect(server.asked).toEqual(expect.arrayContaining(['/redirect', '/endless', '/page', '/gzip-bomb']));
  expect(server.asked).not.toContain('/inside');
});
