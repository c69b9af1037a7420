import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseUnits } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../test-support/chain-fixture.ts';
import { openPayScene, startPay, type PayScene } from '../../test-support/pay-fixture.ts';
import { PRICE, PROMPT } from '../../test-support/scene.ts';

let scene: PayScene;
let client: Client;

beforeAll(async () => {
  scene = await openPayScene();
  await scene.oml('keys');
  await scene.oml('fund', ...scene.where);
  client = new Client({ name: 'an agent', version: '1' });
  const oml = join(import.meta.dirname, '../../../cli/src/main.ts');
  const budget = ['--per-day', '0.004', '--deposit', '0.03'];
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [oml, 'pay', 'mcp', '--dir', scene.dir, ...budget],
      env: { PATH: process.env['PATH'] ?? '', HOME: scene.chain.scratch, LOG_LEVEL: 'silent' },
      stderr: 'ignore',
    }),
  );
});
afterAll(async () => {
  await client?.close();
  await scene?.stop();
});

interface Told {
  isError?: boolean;
  content: { text: string }[];
  structuredContent: Record<string, unknown>;
}
const call = async (name: string, args: object = {}): Promise<Told> =>
  (await client.callTool({ name, arguments: { ...args } })) as unknown as Told;
const question = { model: 'fable-mini', prompt: PROMPT, max_tokens: 6, temperature: 0 };

describe('an agent with the official MCP client', () => {
  it('finds four tools', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search_models', 'quote', 'ask', 'receipts']);
  });

  it('searches models', async () => {
    const found = await call('search_models', { query: 'FABLE' });
    expect(found.structuredContent['models']).toMatchObject([{ id: 'fable-mini', most_per_call: '$0.0015', hosts: 1 }]);
    expect((await call('search_models', { query: 'no such' })).structuredContent['models']).toEqual([]);
  });

  it('hears what a question costs, and pays nothing for that', async () => {
    const { structuredContent } = await call('quote', question);
    expect(structuredContent).toMatchObject({ most: '$0.0015', budget: { left_today: '$0.004' } });
    expect((await call('receipts')).structuredContent['receipts']).toEqual([]);
  });

  it('asks, pays and has the receipt', async () => {
    const { structuredContent: answer } = await call('ask', question);
    expect(answer).toMatchObject({ cost: '$0.0015', license: '1', budget: { left_today: '$0.0025' } });
    expect((answer['text'] as string).length).toBeGreaterThan(0);
    const chat = await call('ask', {
      model: 'fable-mini',
      messages: [{ role: 'user', content: PROMPT }],
      max_tokens: 4,
    });
    expect(chat.structuredContent['budget']).toEqual(expect.objectContaining({ left_today: '$0.001' }));
    const { receipts } = (await call('receipts')).structuredContent as { receipts: { payment_ref: string }[] };
    expect(receipts).toHaveLength(2);
    expect(receipts[1]!.payment_ref).toBe(answer['payment_ref']);
  });

  it('is stopped by its budget, and told why', async () => {
    const refused = await call('ask', question);
    expect([refused.isError, refused.content[0]!.text]).toEqual([true, expect.stringMatching(/^BUDGET_SPENT: /)]);
  });

  it('is told what it asked wrongly', async () => {
    const wrong = await call('ask', { model: 'fable-mini' });
    expect([wrong.isError, wrong.content[0]!.text]).toEqual([true, expect.stringMatching(/prompt or messages/)]);
    const long = await call('ask', { ...question, prompt: 'word '.repeat(4_000) });
    expect([long.isError, long.content[0]!.text]).toEqual([true, expect.stringMatching(/^PROMPT_TOO_LONG: /)]);
    const missing = await call('quote', { ...question, model: 'gpt-9' });
    expect(missing.content[0]!.text).toMatch(/^NOT_FOUND: /);
  });
});

/** Passes everything on to a host; while it is cut, what was paid for is sent, and its answer never arrives. */
async function cutWire(to: string): Promise<{ url: string; server: Server; cut(isCut: boolean): void }> {
  let isCut = true;
  const server = createServer((asked, reply) => {
    const passed = request(new URL(asked.url!, to), { method: asked.method!, headers: asked.headers }, (answer) => {
      if (isCut && asked.headers['payment-signature']) return void answer.resume().on('end', () => reply.destroy());
      reply.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(reply);
    });
    passed.on('error', () => reply.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, server, cut: (now) => (isCut = now) };
}

describe('the same over HTTP, on this machine alone', () => {
  let told: Awaited<ReturnType<typeof startPay>>;
  let wire: Awaited<ReturnType<typeof cutWire>>;
  const token = () => readFileSync(told.tokenFile, 'utf8').trim();
  /** Single payments, which are kept until their receipt. */
  const start = async () => {
    const flags = ['--host', wire.url, '--per-day', '0.05', '--deposit', '0.000001'];
    told = await startPay(scene, 'mcp', '--http', '--port', '0', '--json', ...flags);
    const headers = { authorization: `Bearer ${token()}` };
    client = new Client({ name: 'an agent', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(told.url), { requestInit: { headers } }));
  };
  const left = async () => {
    const { left_today } = (await call('receipts')).structuredContent['budget'] as { left_today: string };
    return parseUnits(left_today.slice(1), 6);
  };
  const kept = async () => (await call('receipts', { last: 100 })).structuredContent['receipts'] as unknown[];

  beforeAll(async () => {
    await client.close();
    wire = await cutWire(scene.gateway.url);
    await start();
  });
  afterAll(() => wire?.server.close());

  it('answers the official client', async () => {
    expect((await client.listTools()).tools).toHaveLength(4);
    expect(await kept()).toHaveLength(2);
  });

  it('refuses pages, names that point here, and whoever has no token', async () => {
    const post = async (headers: Record<string, string>) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
      const accept = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      return new Promise<number>((resolve, reject) => {
        const sent = request(told.url, { method: 'POST', headers: { ...accept, ...headers } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        });
        sent.once('error', reject);
        sent.end(body);
      });
    };
    const authorization = `Bearer ${token()}`;
    expect(await post({ authorization })).toBe(200);
    expect(await post({})).toBe(401);
    expect(await post({ authorization: 'Bearer guessed' })).toBe(401);
    expect(await post({ authorization, origin: 'https://evil.example' })).toBe(403);
    expect(await post({ authorization, origin: 'null' })).toBe(403);
    expect(await post({ authorization, host: 'evil.example' })).toBe(403);
    expect((await fetch(told.url, { headers: { authorization } })).status).toBe(405);
  });

  it('asks again for an answer that was paid for and lost, and pays no second time', async () => {
    const before = await left();
    expect((await call('ask', question)).isError).toBe(true);
    expect(await kept()).toHaveLength(2);
    await client.close();
    const gone = new Promise((resolve) => told.child.once('close', resolve));
    told.child.kill('SIGKILL');
    await gone;
    wire.cut(false);
    await start();
    await waitFor(async () => (await kept()).length === 3);
    expect(before - (await left())).toBe(PRICE);
  });
});
