import { devDollarAbi } from '@oml/contracts/abis';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from './terminal.ts';
import { root } from '../scripts/stack/layout.ts';
import { actors, connectRpc, deployment } from './stack.ts';
import { write } from './write.ts';

const guide = readFileSync(join(root, 'docs/guides/buyer.md'), 'utf8');
/** The five commands of the guide for buyers, and what it has agents' clients configured with, to the letter. */
const [start, ...commands] = /Five commands from nothing[^]*?```sh\n([^]*?)```/.exec(guide)![1]!.trim().split('\n');
const { mcpServers } = JSON.parse(/```json\n(\{ "mcpServers"[^]*?)```/.exec(guide)![1]!) as {
  mcpServers: { oml: { command: string; args: string[] } };
};

interface Told {
  structuredContent: Record<string, unknown>;
}

describe('a person who has nothing of OML’s but a clone', () => {
  let terminal: Terminal;
  beforeAll(async () => {
    terminal = await openTerminal();
  });
  afterAll(async () => {
    await terminal.stopAll();
    await giveBack();
    terminal.remove();
  });

  /** Ends the channels and gives what is left to an actor: at the end every dollar is counted. */
  async function giveBack(): Promise<void> {
    await terminal.type('npx oml pay leave');
    const account = await terminal.buyer();
    const token = { address: deployment().contracts.token, abi: devDollarAbi } as const;
    const left = await connectRpc().readContract({ ...token, functionName: 'balanceOf', args: [account.address] });
    await write({ account }, { ...token, functionName: 'transfer', args: [actors.outsider.address, left] });
  }

  const spentToday = async (): Promise<bigint> => {
    const { day } = JSON.parse(await terminal.type('npx oml pay budget --json')) as { day: { used: string } };
    return BigInt(day.used);
  };
  const receipts = async (): Promise<{ amount: string; paymentRef: string }[]> =>
    (JSON.parse(await terminal.type('npx oml pay receipts --json')) as { receipts: never[] }).receipts;

  it('has five commands to type, of which the first starts this very stack', () => {
    expect([start, commands.length]).toEqual(['npm start', 4]);
  });

  it('ends with an answer of the official client, paid within a budget and receipted', async () => {
    const [keys, fund, serve, ask] = commands as [string, string, string, string];
    expect(await terminal.type(keys)).toContain('Now send dollars to');
    expect(await terminal.type(fund)).toMatch(/has \$10\.00/);
    const serving = await terminal.keep(serve, /OPENAI_API_KEY=.*\n/);
    expect(serving.said).toContain(`OPENAI_BASE_URL=${terminal.serving}/v1`);
    expect(await terminal.type(ask)).toMatch(/completion_tokens: 24/);
    await serving.stop();
    const [receipt, ...more] = await receipts();
    expect(more).toEqual([]);
    expect(BigInt(receipt!.amount)).toBeGreaterThan(0n);
    expect(await spentToday()).toBe(BigInt(receipt!.amount));
  });

  it('lets an agent ask with the official MCP client, out of the same budget', async () => {
    const { command, args } = mcpServers.oml;
    const agent = new Client({ name: 'an agent', version: '1' });
    const call = async (name: string, asked: object = {}) =>
      ((await agent.callTool({ name, arguments: { ...asked } })) as unknown as Told).structuredContent;
    const before = await spentToday();
    await agent.connect(new StdioClientTransport({ command, args, env: terminal.env, cwd: root, stderr: 'ignore' }));
    try {
      const { models } = (await call('search_models', { query: 'fable' })) as { models: { id: string }[] };
      const question = { model: models[0]!.id, prompt: 'Once upon a time', max_tokens: 6 };
      expect((await call('quote', question))['most']).toMatch(/^\$0\.\d+$/);
      const answer = await call('ask', question);
      expect((answer['text'] as string).length).toBeGreaterThan(0);
      const bought = (await call('receipts'))['receipts'] as { payment_ref: string; cost: string }[];
      expect(bought[0]).toMatchObject({ payment_ref: answer['payment_ref'], cost: answer['cost'] });
    } finally {
      await agent.close();
    }
    const kept = await receipts();
    expect(kept).toHaveLength(2);
    const used = await spentToday();
    expect(used).toBeGreaterThan(before);
    expect(used).toBe(kept.reduce((sum, { amount }) => sum + BigInt(amount), 0n));
  });
});
