import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseOf, fetchListing } from './host-listing.ts';

const NEAR = { allowPrivate: true };
const FAR = { allowPrivate: false };
const HOST = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const model = {
  model: 'fable',
  kind: 'language',
  licenseId: '3',
  modelId: '1',
  vault: HOST,
  token: HOST,
  price: '10000',
};

describe('fetchListing', () => {
  let server: Server;
  let endpoint: string;
  let answer: { status: number; body: unknown } = { status: 200, body: {} };
  beforeAll(async () => {
    server = createServer((_, response) =>
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => void server.close());

  it('reads the price of the license asked for', async () => {
    answer = { status: 200, body: { network: 'eip155:31337', account: HOST, signer: HOST, models: [model] } };
    expect(await fetchListing({ endpoint, licenseId: 3n }, NEAR)).toMatchObject({
      model: 'fable',
      price: 10_000n,
      vault: HOST,
    });
  });

  it('says where that is only the most that a call costs', async () => {
    const models = [model, { ...model, licenseId: '5', metered: { perMillionOutputTokens: '600000' } }];
    answer = { status: 200, body: { network: 'eip155:31337', account: HOST, signer: HOST, models } };
    expect((await fetchListing({ endpoint, licenseId: 3n }, NEAR))!.isMetered).toBe(false);
    expect((await fetchListing({ endpoint, licenseId: 5n }, NEAR))!.isMetered).toBe(true);
  });

  it('has no listing for a license that the host does not list', async () =>
    expect(await fetchListing({ endpoint, licenseId: 4n }, NEAR)).toBeUndefined());

  it('refuses a listing that is not one', async () => {
    answer = { status: 200, body: { models: [{ ...model, price: -1 }] } };
    await expect(fetchListing({ endpoint, licenseId: 3n }, NEAR)).rejects.toThrow();
  });

  it('says which status a failing host answers', async () => {
    answer = { status: 503, body: {} };
    await expect(fetchListing({ endpoint, licenseId: 3n }, NEAR)).rejects.toThrow('503');
  });
});

describe('baseOf', () => {
  it('trims the trailing slash', () =>
    expect(baseOf('https://host.example/api/', FAR)).toBe('https://host.example/api'));
  it('refuses what is no web address', () => expect(() => baseOf('javascript:alert(1)', NEAR)).toThrow());
  it.each(['http://192.168.1.1', 'http://localhost:8080', 'http://[::1]', 'http://2130706433', 'http://0x7f.1'])(
    'sends no visitor of a live market to %s',
    async (endpoint) => {
      expect(() => baseOf(endpoint, FAR)).toThrow('not on the public internet');
      await expect(fetchListing({ endpoint, licenseId: 3n }, FAR)).rejects.toThrow('not on the public internet');
    },
  );
});
