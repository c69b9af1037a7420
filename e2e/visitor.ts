import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { LocalAccount } from 'viem';
import { inState } from '../scripts/stack/layout.ts';
import { ensureBrowser } from './browser.ts';
import { urlOf } from './stack.ts';
import { installWallet } from './wallet.ts';

// Only to notice a hang: pages are slow on a machine with other work.
const HANG_MS = 180_000;

export interface Visitor {
  page: Page;
  /** Wallet methods the page asked for, in order. */
  asked: string[];
  /** Errors of the page itself: a story ends with none. */
  errors: string[];
  go(path: string): Promise<void>;
  /** Text of an element by test id, once it matches. */
  text(testId: string, pattern: RegExp, timeoutMs?: number): Promise<string>;
  shoot(name: string): Promise<void>;
  leave(): Promise<void>;
}

/** Where a person looks at pages, and the chain of the wallet; the running stack's, if nothing is said. */
export interface Place {
  url: string;
  rpcUrl: string;
}

/** A person with a browser and a wallet. */
export async function visit(
  account: LocalAccount,
  viewport = { width: 1280, height: 900 },
  place: Place = { url: urlOf('web'), rpcUrl: urlOf('chain') },
): Promise<Visitor> {
  const browser: Browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const context = await browser.newContext({ viewport });
  const asked = await installWallet(context, account, place.rpcUrl);
  context.setDefaultTimeout(HANG_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  return {
    page,
    asked,
    errors,
    async go(path) {
      await page.goto(`${place.url}${path}`);
    },
    async text(testId, pattern, timeoutMs = HANG_MS) {
      const element = page.getByTestId(testId).filter({ hasText: pattern }).first();
      await element.waitFor({ timeout: timeoutMs });
      return (await element.textContent()) ?? '';
    },
    async shoot(name) {
      mkdirSync(inState('screens'), { recursive: true });
      await page.screenshot({ path: join(inState('screens'), `${name}.png`), fullPage: true });
    },
    async leave() {
      await browser.close();
    },
  };
}

/** Connects the story's wallet through the site's own dialog. */
export async function connectWallet({ page, text }: Visitor): Promise<void> {
  await page.getByTestId('connect-open').first().click();
  await page.getByTestId('connect-Story Wallet').click();
  await text('account', /0x/i);
}
