import { OmlError } from '@oml/protocol/error';
import { createLogger } from '@oml/service/logger';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../test-support/chain-fixture.ts';
import { conditionsOf, createAlerts, engineEnd, LOOKED_AT, type Alert, type Alerts } from './alerts.ts';
import type { Look } from './look.ts';

const ACCOUNT = `0x${'a1'.repeat(20)}` as const;
const CLAIM = `0x${'c1'.repeat(32)}` as const;
const HOOK_KEY = 'T0HOOKKEY4fda9c0e77';
const DAY_MS = 86_400_000;
const now = Date.now();
const fine: Look = {
  gas: { account: ACCOUNT, balance: 10n ** 18n, bookings: 5_000 },
  backlog: { uses: 0, amount: 0n, since: undefined },
  contests: [],
  standing: [{ model: 'fable', licenseId: 1n, why: undefined }],
};

let hook: Server;
let heard: Alert[];
let isDown: boolean;
let log: string;
let alerts: Alerts;

beforeEach(async () => {
  [heard, isDown, log] = [[], false, ''];
  hook = createServer(async (request, response) => {
    const body = await new Response(request as unknown as ReadableStream).text();
    if (!isDown) heard.push(JSON.parse(body) as Alert);
    response.writeHead(isDown ? 500 : 200).end();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const webhook = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/services/${HOOK_KEY}`;
  const logger = createLogger('test', (line) => void (log += line));
  logger.level = 'info';
  alerts = createAlerts({ webhook, account: ACCOUNT, logger, waitsMs: [10, 10] });
});
afterEach(async () => {
  await alerts.stop();
  hook.close();
});

const look = (changes: Partial<Look>) => alerts.compare(LOOKED_AT, conditionsOf({ ...fine, ...changes }, now));
const codes = () => heard.map(({ code, isOn }) => `${code} ${isOn ? 'on' : 'off'}`);

describe('an alert', () => {
  it.each([
    ['GAS_LOW', { gas: { account: ACCOUNT, balance: 1n, bookings: 3 } }],
    ['BACKLOG_LATE', { backlog: { uses: 2, amount: 5n, since: now - DAY_MS + 3_600_000 } }],
    ['CLAIM_OPENED', { contests: [CLAIM] }],
    ['SUSPENDED', { standing: [{ model: 'fable', licenseId: 1n, why: 'License 1 is not active.' }] }],
  ] as [string, Partial<Look>][])('of %s is posted once when it begins and once when it is over', async (code, bad) => {
    look({});
    look(bad);
    look(bad);
    await waitFor(async () => heard.length > 0);
    expect(heard).toMatchObject([{ code, isOn: true, account: ACCOUNT, text: expect.stringMatching(/.{20}/) }]);
    look({});
    look({});
    look(bad);
    await waitFor(async () => heard.length === 3);
    expect(codes()).toEqual([`${code} on`, `${code} off`, `${code} on`]);
  });

  it('is posted for each claim', async () => {
    look({ contests: [CLAIM] });
    look({ contests: [CLAIM, `0x${'c2'.repeat(32)}`] });
    await waitFor(async () => heard.length === 2);
    expect(new Set(heard.map(({ facts }) => facts['claimId'])).size).toBe(2);
  });

  it('tells of a model that fails, and that it answers again', async () => {
    const asked = new OmlError('PROMPT_TOO_LONG');
    for (const failure of [undefined, asked, new Error('out of memory'), new Error('out of memory'), asked, undefined])
      engineEnd(alerts, 'fable', failure);
    await waitFor(async () => heard.length === 2);
    expect(codes()).toEqual(['ENGINE_DOWN on', 'ENGINE_DOWN off']);
    expect(heard[0]!.text).toContain('out of memory');
  });

  it('is tried again where the webhook fails, in order, while nobody waits for it', async () => {
    isDown = true;
    look({ contests: [CLAIM] });
    await new Promise((resolve) => setTimeout(resolve, 5));
    isDown = false;
    look({});
    await waitFor(async () => heard.length === 2);
    expect(codes()).toEqual(['CLAIM_OPENED on', 'CLAIM_OPENED off']);
  });

  it('is given up after its tries, and the log says so without the address of the webhook', async () => {
    isDown = true;
    look({ contests: [CLAIM] });
    await waitFor(async () => log.includes('could not be posted'));
    expect(log).toContain('it answered 500');
    expect(log).not.toContain(HOOK_KEY);
    isDown = false;
    look({});
    await waitFor(async () => heard.length === 1);
    expect(codes()).toEqual(['CLAIM_OPENED off']);
  });
});
