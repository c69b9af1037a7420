import { HOST_LISTING_PATH } from '@oml/protocol/wire/host-listing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHostileServer, type HostileServer } from '../test-support/hostile-server.ts';
import { checkListedEndpoint } from './listed-endpoint.ts';

const DEV = { chainId: 31_337 };
const LIVE = { chainId: 8_453 };
let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer({
    [HOST_LISTING_PATH]: (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    [`/away${HOST_LISTING_PATH}`]: (_, response) => response.writeHead(302, { location: '/inside' }).end(),
  });
});
afterAll(() => server.close());

describe('checkListedEndpoint', () => {
  it('is content with what answers, and says where nothing does', async () => {
    expect(await checkListedEndpoint(server.url, DEV)).toBeUndefined();
    expect(await checkListedEndpoint(`${server.url}/elsewhere`, DEV)).toBe('it answered 404');
  });

  it.each(['http://10.0.0.7:4301', 'http://localhost:4301', 'http://169.254.169.254'])(
    'refuses %s on a chain that is live',
    async (endpoint) => {
      await expect(checkListedEndpoint(endpoint, LIVE)).rejects.toMatchObject({
        code: 'ADDRESS_REFUSED',
        message: expect.stringMatching(/not on the public internet\. Name the address that buyers reach/) as string,
      });
    },
  );

  it.each(['javascript:alert(1)', 'https://me:secret@host.example', '', 'http://host.example:25'])(
    'refuses %j anywhere',
    async (endpoint) => {
      await expect(checkListedEndpoint(endpoint, DEV)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    },
  );

  it('refuses one that leads elsewhere', async () => {
    await expect(checkListedEndpoint(`${server.url}/away`, DEV)).rejects.toThrow('it answered 302');
    expect(server.asked).not.toContain('/inside');
  });
});
