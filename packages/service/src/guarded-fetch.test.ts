import type { lookup as systemLookup, LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flood, startHostileServer, type HostileServer } from '../test-support/hostile-server.ts';
import { guardedFetch, guardFor, type Guard } from './guarded-fetch.ts';
import { publicLookup } from './public-lookup.ts';

const INSIDE: Guard = { allowPrivate: true, timeoutMs: 60_000, maxBytes: 1_000 };
const OUTSIDE: Guard = { ...INSIDE, allowPrivate: false };
const SECRET = 'secret of the inside';
let server: HostileServer;
let sent = 0;
let seenHeaders: string[] = [];

beforeAll(async () => {
  server = await startHostileServer({
    '/good': (_, response) => response.end('text'),
    '/flood': flood((bytes) => (sent += bytes)),
    '/exact': (_, response) => response.end('x'.repeat(1_000)),
    '/inside': (request, response) => response.end(`${SECRET} ${request.headers.authorization ?? 'for nobody'}`),
    '/headers': (request, response) => {
      seenHeaders = request.rawHeaders.filter((text) => !text.startsWith('127.0.0.1'));
      response.end();
    },
  });
});
afterAll(() => server.close());

const ask = async (path: string, guard: Guard = INSIDE, init?: RequestInit): Promise<string> =>
  (await guardedFetch(guard)(server.url + path, init)).text();

describe('guardedFetch', () => {
  it('returns what is within its bounds', async () => {
    expect(await ask('/good')).toBe('text');
    expect(await ask('/exact')).toHaveLength(1_000);
    expect((await guardedFetch(INSIDE)(`${server.url}/missing`)).status).toBe(404);
  });

  it.each([
    ['a GET', {}],
    [
      'a paid call',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'payment-signature': 'x' } },
    ],
  ])('looks like the fetch of Node in %s', async (_, init) => {
    await fetch(new Request(`${server.url}/headers`, init));
    const own = seenHeaders;
    await guardedFetch(INSIDE)(new Request(`${server.url}/headers`, init));
    expect(seenHeaders).toEqual(own);
    expect(own).toContain('node');
  });

  it('takes a Request of Node where a server has put its own into its place, as Hono does', async () => {
    const request = new Request(`${server.url}/good`);
    const own = Request;
    globalThis.Request = class extends own {};
    try {
      expect(await (await guardedFetch(INSIDE)(request)).text()).toBe('text');
    } finally {
      globalThis.Request = own;
    }
  });

  it.each(['/endless', '/large', '/gzip-bomb', '/brotli-bomb'])('stops reading %s', async (path) => {
    await expect(ask(path)).rejects.toThrow('it is over 1000 bytes');
  });

  it('closes the connection then: hardly more is sent than is read', async () => {
    await expect(ask('/flood')).rejects.toThrow('it is over 1000 bytes');
    let before = -1;
    for (let look = 0; sent !== before && look < 100; look++) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sent).toBe(before);
    expect(sent).toBeLessThan(32 << 20); // what lies in buffers of the system
  });

  it.each(['/silent', '/drip', '/paused'])('gives up on %s in time', async (path) => {
    await expect(ask(path, { ...INSIDE, timeoutMs: 200 })).rejects.toThrow('it takes longer than 0.2 s');
  });

  it('gives up on a body that pauses', async () => {
    await expect(ask('/paused', { ...INSIDE, idleMs: 100 })).rejects.toThrow('it is silent for 0.1 s');
  });

  it('refuses headers without end', async () => {
    await expect(ask('/many-headers')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('ends with whoever asked, before and after the first byte', async () => {
    const reason = new Error('the caller left');
    await expect(ask('/good', INSIDE, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const leaving = new AbortController();
    const response = await guardedFetch(INSIDE)(`${server.url}/drip`, { signal: leaving.signal });
    leaving.abort(reason);
    await expect(response.text()).rejects.toBe(reason);
  });

  it('does not send a body that has no end', async () => {
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)) });
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
    const before = server.asked.length;
    await expect(ask('/good', INSIDE, init)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    expect(server.asked).toHaveLength(before);
  });
});

describe('guardedFetch, sent inside', () => {
  it.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://localhost.',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
    'http://017700000001',
    'http://0x7f.1',
    'http://127.1',
    'http://169.254.169.254',
  ])('does not go to %s', async (host) => {
    await expect(guardedFetch(OUTSIDE)(`${host}:${server.port}/inside`)).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
      message: expect.stringMatching(/not on the public internet$/) as string,
    });
    expect(server.asked).not.toContain('/inside');
  });

  it('goes there for a deployment that is for development, and for no other', () => {
    expect(guardFor({ chainId: 31_337 }, {})).toEqual({ allowPrivate: true });
    expect(guardFor({ chainId: 8_453 }, {})).toEqual({ allowPrivate: false });
  });

  it('follows no redirect that it was not told to follow', async () => {
    await expect(ask('/redirect')).rejects.toThrow('it answered 302');
    await expect(ask('/redirect', { ...INSIDE, redirects: 3 }, { method: 'POST', body: 'x' })).rejects.toThrow('302');
    expect(server.asked).not.toContain('/inside');
  });

  it('follows some, and leaves what is secret at home when it goes elsewhere', async () => {
    const guard = { ...INSIDE, redirects: 2, lookup: answering(['127.0.0.1']).lookup };
    const headers = { authorization: 'Bearer me' };
    expect(await ask('/redirect', guard, { headers })).toBe(`${SECRET} Bearer me`);
    const elsewhere = await startHostileServer({
      '/away': (_, response) => response.writeHead(302, { location: `http://inside.test:${server.port}/inside` }).end(),
    });
    const response = await guardedFetch(guard)(`${elsewhere.url}/away`, { headers });
    expect(await response.text()).toBe(`${SECRET} for nobody`);
    elsewhere.close();
  });

  it.each([
    ['/redirect-loop', 'it answered 302'],
    ['/redirect-to-file', 'no http(s) URL'],
  ])('checks every hop: %s', async (path, why) => {
    await expect(ask(path, { ...INSIDE, redirects: 3 })).rejects.toThrow(why);
  });

  it('is not led inside by a redirect', async () => {
    // The first hop passes as a public address would: the text of the second is what is refused.
    const { lookup } = answering(['127.0.0.1']);
    const asIfPublic = { ...INSIDE, redirects: 3, lookup };
    const guard = new Proxy(asIfPublic, {
      get: (target, name) =>
        name === 'allowPrivate' ? server.asked.at(-1) !== '/redirect-to-metadata' : Reflect.get(target, name),
    });
    await expect(guardedFetch(guard)(`http://public.test:${server.port}/redirect-to-metadata`)).rejects.toThrow(
      '169.254.169.254 is not on the public internet',
    );
  });
});

describe('guardedFetch and DNS', () => {
  it.each([
    ['a private address', ['10.0.0.1']],
    ['one private address of several', ['8.8.8.8', '127.0.0.1']],
    ['a mapped one', ['::ffff:127.0.0.1']],
    ['none', []],
  ])('refuses a name that resolves to %s', async (_, addresses) => {
    const guard = { ...OUTSIDE, lookup: answering(addresses).lookup };
    await expect(guardedFetch(guard)(`http://rebound.test:${server.port}/inside`)).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
    });
    expect(server.asked.filter((path) => path === '/inside')).toHaveLength(2); // both by the redirects above
  });

  it('connects to what it checked: a name is resolved once', async () => {
    const { lookup, count } = answering(['127.0.0.1'], ['10.0.0.1']);
    const response = await guardedFetch({ ...INSIDE, lookup })(`http://rebound.test:${server.port}/good`);
    expect([await response.text(), count()]).toEqual(['text', 1]);
  });

  it('hands the connection the very addresses that were checked', async () => {
    const { lookup, count } = answering(['8.8.8.8'], ['127.0.0.1']);
    const addresses = await new Promise((resolve, reject) => {
      const take: Parameters<LookupFunction>[2] = (error, found) => (error ? reject(error) : resolve(found));
      publicLookup(lookup as typeof systemLookup)('rebound.test', { all: true }, take);
    });
    expect([addresses, count()]).toEqual([[{ address: '8.8.8.8', family: 4 }], 1]);
  });
});

/** A name server that answers these in turn, the last for ever. */
function answering(...answers: string[][]): { lookup: LookupFunction; count(): number } {
  let count = 0;
  const lookup: LookupFunction = (_hostname, options, callback) => {
    const addresses = answers[Math.min(count++, answers.length - 1)]!;
    const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family ?? 0);
  };
  return { lookup, count: () => count };
}
