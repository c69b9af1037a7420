import { devDollarAbi } from '@oml/contracts/abis';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { parseUnits } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBrowser } from './browser.ts';
import type { BuyerPage } from './buyer-page.ts';
import { servePage } from './page-server.ts';
import { actors, connectRpc, deployment, urlOf } from './stack.ts';
import { write } from './write.ts';

declare const window: { page: BuyerPage };

const { outsider } = actors;
const HOST = urlOf('honest gateway');
const folder = mkdtempSync(join(tmpdir(), 'buyer-'));
let server: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let url: string;

beforeAll(async () => {
  const served = await servePage('buyer-page.ts', join(folder, 'page'), folder);
  server = served.server;
  url = `http://127.0.0.1:${served.port}/`;
  browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  context = await browser.newContext();
  page = await openTab();
  await write(outsider, { ...token(), functionName: 'mint', args: [outsider.address, parseUnits('1', 6)] });
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const token = () => ({ address: deployment().contracts.token, abi: devDollarAbi }) as const;

async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.waitForFunction('window.page');
  return tab;
}

/** A browser lets the lock of a tab that is gone go a moment later: whoever comes after it waits. */
function open(tab: Page, wait = false): Promise<string> {
  const of = { rpcUrl: urlOf('chain'), deployment: deployment(), key: outsider.key };
  return tab.evaluate(([of, wait]) => window.page.open(of, wait), [of, wait] as const);
}
const ask = (prompt: string) =>
  page.evaluate(([host, asked]) => window.page.ask(host, 'fable', asked), [HOST, prompt] as const);
const receipts = () => page.evaluate(() => window.page.receipts());

/** Payments of the buyer since the block, by what the token tells. */
async function paidSince(fromBlock: bigint): Promise<bigint[]> {
  const from = { from: outsider.address };
  const sent = await connectRpc().getContractEvents({ ...token(), eventName: 'Transfer', args: from, fromBlock });
  return sent.map(({ args }) => args.value!);
}

describe('a buyer in a browser', () => {
  it('has its store for one tab alone', async () => {
    expect(await open(page)).toBe('open');
    const other = await openTab();
    expect(await open(other)).toBe('CONFLICT');
    await other.close();
  });

  it('has an answer that was lost with its page, and pays no second time', async () => {
    const block = (await connectRpc().getBlockNumber()) + 1n;
    const isPaid = Promise.withResolvers<void>();
    await page.route(`${HOST}/v1/completions`, async (route) => {
      if (!route.request().headers()['payment-signature']) return route.continue();
      await route.fetch();
      isPaid.resolve();
      // Its answer never arrives: the page is gone before.
    });
    void ask('A page that was closed').catch(() => {});
    await isPaid.promise;
    await page.close();
    page = await openTab();
    expect(await open(page, true)).toBe('open');
    expect(await receipts()).toEqual([]);
    expect(await page.evaluate(() => window.page.redeem())).toBe(1);
    const [kept, ...more] = await receipts();
    expect(more).toEqual([]);
    expect(await paidSince(block)).toEqual([BigInt(kept!.amount)]);
    expect(await page.evaluate(() => window.page.redeem())).toBe(0);
  });

  it('keeps every receipt, the newest first, over a reload', async () => {
    expect((await ask('Once upon a time')).length).toBeGreaterThan(0);
    await page.reload();
    await page.waitForFunction('window.page');
    expect(await open(page, true)).toBe('open');
    const kept = await receipts();
    expect(kept).toHaveLength(2);
    expect(kept[0]!.at >= kept[1]!.at).toBe(true);
    expect(kept[0]!.paymentRef).not.toBe(kept[1]!.paymentRef);
    expect(kept.every(({ receipt, header }) => receipt !== undefined && header.length > 0)).toBe(true);
  });
});
