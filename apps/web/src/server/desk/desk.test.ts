import { startDevChain, devKey, type DevChain } from '@oml/service/test-support/dev-chain';
import {
  concatHex,
  createTestClient,
  encodeAbiParameters,
  getContractAddress,
  http,
  type Address,
  type Hex,
  type PublicClient,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { parseSiweMessage } from 'viem/siwe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, cookieOf, startDesk, type TestDesk } from '../../../test-support/desk.ts';
import type { Desk } from './desk.ts';
import { deskOrigin } from './desk-origin.ts';

const [HOST, OUTSIDER] = [privateKeyToAccount(devKey(2)), privateKeyToAccount(devKey(6))];
/** What a contract account takes for its own signature. */
const SOME: Hex = `0x${'12'.repeat(65)}`;
/** A contract that calls every signature its own (EIP-1271), and what deploys it. */
const YES = '0x631626ba7e60e01b5f5260205ff3';
const DEPLOYS_YES: Hex = concatHex(['0x600e600c600039600e6000f3', YES]);
/** On every chain; anvil has it from the start. */
const FACTORY = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const DAY_MS = 86_400_000;

let chain: DevChain;
let site: TestDesk;
let desk: Desk;
beforeAll(async () => {
  chain = await startDevChain();
  const { publicClient } = chain.as(devKey(1));
  site = await startDesk({ publicClient: publicClient as PublicClient, deployment: chain.deployment });
  ({ desk } = site);
}, 600_000);
afterAll(async () => {
  await site?.stop();
  await chain?.stop();
});

const post = (body: unknown, cookie?: string) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
  ...(cookie ? { cookie } : {}),
});
const read = async <Body>(response: Response) => (await response.json()) as Body;
const challenge = async (account: Address, at = desk) =>
  (await read<{ message: string }>(await ask(at, '/api/session/challenge', post({ account })))).message;
const signIn = (message: string, signature: Hex, at = desk) => ask(at, '/api/session', post({ message, signature }));
const refusal = async (response: Response) => (await read<{ code: string }>(response)).code;
const sessionOfHost = async () => {
  const message = await challenge(HOST.address);
  return cookieOf(await signIn(message, await HOST.signMessage({ message })));
};

describe('signing in', () => {
  it('takes one signature of one message, and keeps its cookie from scripts and from other sites', async () => {
    const message = await challenge(HOST.address);
    const answer = await signIn(message, await HOST.signMessage({ message }));
    expect(answer.headers.get('set-cookie')).toMatch(
      /^oml=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    const cookie = cookieOf(answer);
    const who = await read(await ask(desk, '/api/session', { cookie }));
    expect(who).toMatchObject({ account: HOST.address, isOperator: false });
    await ask(desk, '/api/session', { method: 'DELETE', cookie });
    expect(await read(await ask(desk, '/api/session', { cookie }))).toMatchObject({ account: null });
    const [stored] = await site.db.$queryRaw<{ count: bigint }[]>`select count(*) from site.session`;
    expect(stored!.count).toBe(0n);
  });

  it('refuses the same message a second time', async () => {
    const message = await challenge(HOST.address);
    const signature = await HOST.signMessage({ message });
    const answers = await Promise.all([signIn(message, signature), signIn(message, signature)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    expect(await refusal(await signIn(message, signature))).toBe('UNAUTHORIZED');
  });

  it('refuses a message that expired, and a session that did', async () => {
    const message = await challenge(HOST.address);
    const signature = await HOST.signMessage({ message });
    const cookie = await sessionOfHost();
    const later = { ...desk, now: () => new Date(Date.now() + DAY_MS) };
    expect(await refusal(await signIn(message, signature, later))).toBe('UNAUTHORIZED');
    expect(await read(await ask(later, '/api/session', { cookie }))).toMatchObject({ account: null });
  });

  it('refuses the signature of another account', async () => {
    const message = await challenge(HOST.address);
    expect(await refusal(await signIn(message, await OUTSIDER.signMessage({ message })))).toBe('SIGNATURE_INVALID');
  });

  it.each<[string, (message: string) => string]>([
    ['another chain', (message) => message.replace('Chain ID: 31337', 'Chain ID: 1')],
    ['another domain', (message) => message.replaceAll('127.0.0.1:3000', 'evil.example')],
    ['other words', (message) => message.replace('moves no money', 'moves some money')],
    ['another account', (message) => message.replace(HOST.address, OUTSIDER.address)],
    ['a longer life', (message) => message.replace(/Expiration Time: 20/, 'Expiration Time: 21')],
    ['a nonce of its own', (message) => message.replace(/Nonce: \w+/, `Nonce: ${'a'.repeat(64)}`)],
    ['one line more', (message) => `${message}\nResources:\n- https://evil.example`],
    ['nothing of the kind', () => 'let me in'],
  ])('refuses a message with %s, whoever signed it', async (_, change) => {
    const message = change(await challenge(HOST.address));
    const signer = message.includes(OUTSIDER.address) ? OUTSIDER : HOST;
    expect(await refusal(await signIn(message, await signer.signMessage({ message })))).toBe('UNAUTHORIZED');
  });

  it('refuses a challenge of another site or another chain, signed as it is', async () => {
    const others = [
      { ...desk, origin: 'https://oml.example' },
      { ...desk, chainId: 1 },
    ];
    for (const other of others) {
      const message = await challenge(HOST.address, other);
      expect(await refusal(await signIn(message, await HOST.signMessage({ message })))).toBe('UNAUTHORIZED');
    }
  });

  it('takes the word of a contract account, deployed or not yet', async () => {
    const anvil = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
    const wallet = '0x00000000000000000000000000000000000a11ce';
    await anvil.setCode({ address: wallet, bytecode: YES });
    const message = await challenge(wallet);
    expect((await signIn(message, SOME)).status).toBe(200);

    const salt: Hex = `0x${'07'.repeat(32)}`;
    const coming = getContractAddress({ opcode: 'CREATE2', from: FACTORY, salt, bytecode: DEPLOYS_YES });
    const parts = [{ type: 'address' }, { type: 'bytes' }, { type: 'bytes' }] as const;
    const wrapped = encodeAbiParameters(parts, [FACTORY, concatHex([salt, DEPLOYS_YES]), SOME]);
    const signature = concatHex([wrapped, `0x${'6492'.repeat(16)}`]);
    const asked = await challenge(coming);
    expect((await signIn(asked, signature)).status).toBe(200);
    expect(await refusal(await signIn(await challenge(HOST.address), signature))).toBe('SIGNATURE_INVALID');
  });

  it('is refused from pages of other sites, in a form, and where no operator named the site', async () => {
    const elsewhere = { ...post({ account: HOST.address }), headers: { origin: 'https://evil.example' } };
    expect(await refusal(await ask(desk, '/api/session/challenge', elsewhere))).toBe('UNAUTHORIZED');
    const form = {
      method: 'POST',
      body: 'account=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    expect(await refusal(await ask(desk, '/api/session/challenge', form))).toBe('REQUEST_INVALID');
    const long = post({ account: 'a'.repeat(20_000) });
    expect(await refusal(await ask(desk, '/api/session/challenge', long))).toBe('REQUEST_TOO_LARGE');
    const from = (host: string) => new Request('http://x/', { headers: { host } });
    expect(deskOrigin(from('localhost:3000'), undefined)).toBe('http://localhost:3000');
    expect(deskOrigin(from('evil.example'), 'https://oml.example/')).toBe('https://oml.example');
    expect(() => deskOrigin(from('evil.example'), undefined)).toThrow(/SITE_URL/);
    expect(() => deskOrigin(from('localhost.evil.example'), undefined)).toThrow(/SITE_URL/);
  });

  it('over TLS sets a cookie that belongs to this very host', async () => {
    const secure = { ...desk, origin: 'https://oml.example' };
    const message = await challenge(HOST.address, secure);
    expect(parseSiweMessage(message)).toMatchObject({ domain: 'oml.example', uri: 'https://oml.example' });
    const answer = await signIn(message, await HOST.signMessage({ message }), secure);
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-oml=.*; Secure$/);
  });
});

describe('subscriptions', () => {
  const add = (cookie: string | undefined, target: string, channel = 'mail') =>
    ask(desk, '/api/notices', post({ channel, target }, cookie));
  const list = async (cookie: string) =>
    (await read<{ subscriptions: { id: string; target: string }[] }>(await ask(desk, '/api/notices', { cookie })))
      .subscriptions;

  it('are one account’s own: others neither see nor end them', async () => {
    const cookie = await sessionOfHost();
    expect(await refusal(await add(undefined, 'host@example.org'))).toBe('UNAUTHORIZED');
    expect((await add(cookie, 'host@example.org')).status).toBe(201);
    expect(await refusal(await add(cookie, 'host@example.org'))).toBe('CONFLICT');
    const message = await challenge(OUTSIDER.address);
    const other = cookieOf(await signIn(message, await OUTSIDER.signMessage({ message })));
    expect(await list(other)).toEqual([]);
    const [{ id } = { id: '' }] = await list(cookie);
    const end = (by: string) => ask(desk, `/api/notices/${id}`, { method: 'DELETE', cookie: by });
    expect(await refusal(await end(other))).toBe('NOT_FOUND');
    expect((await end(cookie)).status).toBe(200);
    expect(await list(cookie)).toEqual([]);
  });

  it('ask one mail address three times a day at most, whoever wants it', async () => {
    const ends: string[] = [];
    for (const index of [10, 11, 12, 13]) {
      const account = privateKeyToAccount(devKey(index));
      const message = await challenge(account.address);
      const cookie = cookieOf(await signIn(message, await account.signMessage({ message })));
      const answer = await add(cookie, 'Victim@example.org');
      ends.push(answer.ok ? 'asked' : await refusal(answer));
      const [row] = await list(cookie);
      if (row) await ask(desk, `/api/notices/${row.id}`, { method: 'DELETE', cookie });
    }
    expect(ends).toEqual(['asked', 'asked', 'asked', 'RATE_LIMITED']);
  });

  it('take no webhook that is not on the public internet, but on the dev chain', async () => {
    const cookie = await sessionOfHost();
    const real = { ...desk, isDev: false };
    for (const target of [
      'http://127.0.0.1:9/x',
      'https://10.0.0.1/x',
      'http://example.org/x',
      'https://u:p@example.org/',
    ])
      expect(await refusal(await ask(real, '/api/notices', post({ channel: 'webhook', target }, cookie)))).toBe(
        'ADDRESS_REFUSED',
      );
    for (const target of ['no mail', 'a@b', 'a@example.org\r\nBcc: c@example.org'])
      expect(await refusal(await add(cookie, target))).toBe('REQUEST_INVALID');
    const made = await read<{ secret: string }>(await add(cookie, 'http://127.0.0.1:4999/x', 'webhook'));
    expect(made.secret).toMatch(/^whsec_[\w+/]{32}$/);
    expect(JSON.stringify(await list(cookie))).not.toContain(made.secret);
  });
});
