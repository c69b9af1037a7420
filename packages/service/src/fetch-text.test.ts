import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchBytes, fetchText } from './fetch-text.ts';
import { isPublicAddress } from './public-address.ts';

const limits = { timeoutMs: 60_000, maxBytes: 1000, allowPrivate: true };
let server: Server;
let base: string;
let secretReads = 0;

const answers: Record<string, RequestListener> = {
  '/good': (_, response) => response.end('text'),
  '/bytes': (_, response) =>
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.of(0xff, 0, 0xfe)),
  '/exact': (_, response) => response.end('x'.repeat(1000)),
  '/large': (_, response) => response.end('x'.repeat(1001)),
  '/endless': (_, response) => {
    const timer = setInterval(() => response.write('x'.repeat(100)), 1);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': () => {},
  '/drip': (_, response) => {
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  },
  '/redirect': (_, response) => response.writeHead(302, { location: '/secret' }).end(),
  '/secret': (_, response) => {
    secretReads++;
    response.end('secret');
  },
  '/missing': (_, response) => response.writeHead(404).end(),
  '/bomb': (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000))),
};

beforeAll(async () => {
  server = createServer((request, response) => (answers[request.url ?? ''] ?? answers['/missing']!)(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('fetchText', () => {
  it('returns a text up to the limit', async () => {
    expect(await fetchText(`${base}/good`, limits)).toBe('text');
    expect(await fetchText(`${base}/exact`, limits)).toHaveLength(1000);
  });

  it.each([
    ['/large', /over 1000 bytes/],
    ['/endless', /over 1000 bytes/],
    ['/missing', /answered 404/],
    ['/redirect', /answered 302/],
  ])('gives up on %s', async (path, why) => {
    await expect(fetchText(base + path, limits)).rejects.toThrow(why);
    expect(secretReads).toBe(0);
  });

  it.each(['/silent', '/drip'])('gives up on %s in time', async (path) => {
    await expect(fetchText(base + path, { ...limits, timeoutMs: 200 })).rejects.toThrow(/abort/i);
  });

  it('never inflates what was compressed', async () => {
    expect((await fetchText(`${base}/bomb`, limits)).length).toBeLessThan(1000);
  });

  it.each(['file:///etc/passwd', 'ftp://host/x', 'javascript:alert(1)', 'data:text/plain,x', 'publisher.test', ''])(
    'refuses the address %j',
    async (address) => {
      await expect(fetchText(address, limits)).rejects.toThrow('no http(s) URL');
    },
  );

  it.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
    'http://0x7f.1',
    'http://169.254.169.254',
  ])('does not reach %s unless private addresses are allowed', async (host) => {
    const { port } = server.address() as AddressInfo;
    await expect(fetchText(`${host}:${port}/secret`, { ...limits, allowPrivate: false })).rejects.toThrow(
      /not on the public internet/,
    );
    expect(secretReads).toBe(0);
  });
});

describe('fetchBytes', () => {
  it('returns bytes as they are', async () => {
    expect(await fetchBytes(`${base}/bytes`, limits)).toEqual(Buffer.of(0xff, 0, 0xfe));
  });

  it.each([
    ['/good', /of no type/],
    ['/missing', /answered 404/],
  ])('gives up on %s', async (path, why) => {
    await expect(fetchBytes(base + path, limits)).rejects.toThrow(why);
  });

  it('ends with whoever asked for it', async () => {
    const signal = AbortSignal.timeout(100);
    await expect(fetchBytes(`${base}/silent`, { ...limits, signal })).rejects.toThrow(/abort/i);
  });
});

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('says yes to %s', (ip) =>
    expect(isPublicAddress(ip)).toBe(true),
  );
  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    'localhost',
    '',
  ])('says no to %j', (ip) => expect(isPublicAddress(ip)).toBe(false));
});
