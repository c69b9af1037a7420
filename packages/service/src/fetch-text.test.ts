import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHostileServer, type HostileServer } from '../test-support/hostile-server.ts';
import { fetchBytes, fetchText } from './fetch-text.ts';

const guard = { timeoutMs: 60_000, maxBytes: 1_000, allowPrivate: true };
let server: HostileServer;

beforeAll(async () => {
  server = await startHostileServer({
    '/good': (_, response) => response.end('text'),
    '/json': (_, response) => response.writeHead(200, { 'content-type': 'application/problem+json' }).end('{}'),
    '/bytes': (_, response) =>
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.of(0xff, 0, 0xfe)),
    '/broken': (_, response) => response.writeHead(503).end(),
  });
});
afterAll(() => server.close());

describe('fetchText', () => {
  it('returns texts', async () => {
    expect(await fetchText(`${server.url}/good`, guard)).toBe('text');
    expect(await fetchText(`${server.url}/json`, guard, '{}')).toBe('{}');
  });

  it.each([
    ['/large', /over 1000 bytes/],
    ['/missing', /answered 404/],
    ['/redirect', /answered 302/],
    ['/page', /it is text\/html/],
  ])('gives up on %s', async (path, why) => {
    await expect(fetchText(server.url + path, guard)).rejects.toThrow(why);
  });

  it('says whether asking again may help', async () => {
    await expect(fetchText(`${server.url}/broken`, guard)).rejects.toMatchObject({ retryable: true });
    await expect(fetchText(`${server.url}/missing`, guard)).rejects.toMatchObject({ retryable: false });
  });
});

describe('fetchBytes', () => {
  it('returns bytes as they are', async () => {
    expect(await fetchBytes(`${server.url}/bytes`, guard)).toEqual(Uint8Array.of(0xff, 0, 0xfe));
    // As a plain server hands it out, which names no type.
    expect(await fetchBytes(`${server.url}/good`, guard)).toEqual(new TextEncoder().encode('text'));
  });

  it.each([
    ['/page', /it is text\/html/],
    ['/missing', /answered 404/],
  ])('gives up on %s', async (path, why) => {
    await expect(fetchBytes(server.url + path, guard)).rejects.toThrow(why);
  });

  it('ends with whoever asked for it', async () => {
    const signal = AbortSignal.timeout(100);
    await expect(fetchBytes(`${server.url}/silent`, { ...guard, signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
