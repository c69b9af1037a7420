import { hostListingToJson } from '@oml/protocol/wire/host-listing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SELF_SIGNED } from '../../test-support/self-signed.ts';
import type { Examined } from './chain-checks.ts';
import { runChecks } from './check.ts';
import { checkReach, checkTls } from './outside-checks.ts';

const ACCOUNT = '0x90F79bf6EB2c4f870365E785982E1f101E93b906' as const;
const OTHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' as const;
const LISTED = { model: 'fable', kind: 'language' as const, licenseId: 1n, modelId: 1n, vault: OTHER, token: OTHER };

let dataDir: string;
let account: typeof ACCOUNT | typeof OTHER = ACCOUNT;
let price = 1_500n;
const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

let url: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'oml-doctor-'));
  const row = { model: 'fable', kind: 'language', licenseId: '1', price: '1500', folder: 'editions/1' };
  writeFileSync(join(dataDir, 'licenses.json'), JSON.stringify([row]));
  const server = createHttp((_, response) => {
    const listing = { chainId: 1, account, signer: OTHER, models: [{ ...LISTED, price }] };
    response.end(JSON.stringify(hostListingToJson(listing)));
  });
  url = `http://127.0.0.1:${await listen(server)}`;
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const examined = (publicUrl: string, isDev = true): Examined =>
  ({
    publicUrl,
    isDev,
    account: ACCOUNT,
    signer: OTHER,
    dataDir,
    chain: { deployment: { chainId: 1 } },
  }) as unknown as Examined;
const reach = (publicUrl: string, isDev?: boolean) => runChecks({ reach: checkReach(examined(publicUrl, isDev)) });
const tls = (publicUrl: string, isDev?: boolean) => runChecks({ tls: checkTls(examined(publicUrl, isDev)) });

describe('the look at an endpoint', () => {
  it('finds the host itself, and nothing wrong', async () => {
    expect(await reach(url)).toEqual([{ name: 'reach', state: 'ok', says: expect.stringContaining('1 models') }]);
  });

  it('tells another host, and a gateway that was not restarted', async () => {
    account = OTHER;
    expect(await reach(url)).toMatchObject([{ state: 'fail', says: expect.stringContaining('is not this host') }]);
    [account, price] = [ACCOUNT, 1_600n];
    expect(await reach(url)).toMatchObject([{ state: 'fail', todo: expect.stringContaining('Restart') }]);
    price = 1_500n;
  });

  it('tells where nothing answers, and that nobody outside reaches a private address', async () => {
    expect(await reach('http://127.0.0.1:1')).toMatchObject([
      { state: 'fail', todo: expect.stringContaining('oml host up') },
    ]);
    expect(await reach(url, false)).toMatchObject([
      { state: 'fail', says: expect.stringContaining('nobody outside can reach') },
      { state: 'ok' },
    ]);
  });

  it('refuses plain HTTP for strangers, and a certificate that clients refuse', async () => {
    expect(await tls(url)).toMatchObject([{ state: 'ok' }]);
    expect(await tls(url, false)).toMatchObject([{ state: 'fail', todo: expect.stringContaining('proxy') }]);
    const port = await listen(createHttps(SELF_SIGNED, (_, response) => void response.end()) as unknown as Server);
    expect(await tls(`https://127.0.0.1:${port}`)).toMatchObject([
      { state: 'fail', says: expect.stringMatching(/^Clients refuse the certificate of 127\.0\.0\.1: .*SELF_SIGNED/) },
    ]);
    expect(await tls('https://127.0.0.1:1')).toMatchObject([
      { state: 'fail', says: expect.stringContaining('ECONNREFUSED') },
    ]);
  });
});
