import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPayScene, type PayScene } from '../../test-support/pay-fixture.ts';
import { PROMPT } from '../../test-support/scene.ts';

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
